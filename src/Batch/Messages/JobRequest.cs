using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Scoring.Batch.Messages;

/// <summary>What a caller asks of a job: rows of its own (<see cref="Instances"/>) or in files (<see cref="Input"/>), one of the two.</summary>
public sealed record JobRequest(string Id, string Model)
{
    /// <summary>Null: the version that is live when the job is planned.</summary>
    public string? Version { get; init; }

    /// <summary>A folder of the output container; null: none.</summary>
    public string? Group { get; init; }

    /// <summary>W3C trace context of the sender. No part of the content.</summary>
    public string? TraceParent { get; init; }

    /// <summary>A compact JSON array; null when <see cref="Input"/> is set.</summary>
    public ReadOnlyMemory<byte>? Instances { get; init; }

    public JobInput? Input { get; init; }

    /// <summary>Input columns to carry along into the output.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>A SELECT over the table <c>input</c> that makes the model's features; null: the rows are the features.</summary>
    public string? Features { get; init; }

    /// <summary><see cref="JobFormat.JsonLines"/> or <see cref="JobFormat.Parquet"/>.</summary>
    public JobFormat Output { get; init; } = JobFormat.JsonLines;

    /// <summary>No part of the content.</summary>
    public JobPriority Priority { get; init; }

    /// <summary>How long the job may take from when it is taken up; whole seconds. Null: for ever. No part of the content.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether lines carry a receipt; null to go by the model.</summary>
    public bool? Receipts { get; init; }

    /// <summary>The job fails as soon as more rows than these have failed; null: it never does.</summary>
    public FailedRowsLimit? MaxFailedRows { get; init; }

    /// <summary>Blob name of the output in the container <c>scores</c>; a Parquet output is a folder of that name.</summary>
    public string OutputName => $"{(Group is null ? "" : Group + "/")}{Id}.{(Output == JobFormat.Parquet ? "parquet" : "jsonl")}";

    /// <summary>Count of <see cref="Instances"/>.</summary>
    public int CountInstances()
    {
        var count = 0;
        var reader = new Utf8JsonReader((Instances ?? default).Span);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                count++;
                reader.Skip();
            }
        }

        return count;
    }

    /// <summary>SHA-256 of the content, in hex: equal for messages that ask for the same, whatever their spacing, order of properties, trace, priority or timeout.</summary>
    public string ContentHash()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            (this with { TraceParent = null, Priority = JobPriority.Normal, Timeout = null }).WriteTo(writer);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>Writes the message that <see cref="JobRequestParser"/> reads.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, Id);
        writer.WriteString("model"u8, Model);
        WriteOptional(writer, "version", Version);
        WriteOptional(writer, "group", Group);
        WriteOptional(writer, "traceparent", TraceParent);
        if (Input is not null)
        {
            writer.WriteStartObject("input"u8);
            writer.WriteString(Input.IsPrefix ? "prefix" : "blob", Input.Path);
            WriteOptional(writer, "format", Input.Format is { } format ? JobRequestParser.NameOf(format) : null);
            WriteOptional(writer, "delimiter", Input.Delimiter?.ToString());
            writer.WriteEndObject();
        }

        if (Keep.Count > 0)
        {
            writer.WriteStartArray("keep"u8);
            foreach (var column in Keep)
            {
                writer.WriteStringValue(column);
            }

            writer.WriteEndArray();
        }

        WriteOptional(writer, "features", Features);
        WriteOptional(writer, "output", Output == JobFormat.JsonLines ? null : JobRequestParser.NameOf(Output));
        WriteOptional(writer, "priority", Priority == JobPriority.Normal ? null : JobRequestParser.NameOf(Priority));
        if (Receipts is { } receipts)
        {
            writer.WriteBoolean("receipts"u8, receipts);
        }

        if (Timeout is { } timeout)
        {
            writer.WriteNumber("timeout"u8, (long)timeout.TotalSeconds);
        }

        if (MaxFailedRows is { } limit)
        {
            writer.WritePropertyName("maxFailedRows"u8);
            limit.WriteTo(writer);
        }

        if (Instances is { } instances)
        {
            writer.WritePropertyName("instances"u8);
            writer.WriteRawValue(instances.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
