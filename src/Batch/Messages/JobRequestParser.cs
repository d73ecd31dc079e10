using System.Text;
using System.Text.Json;

namespace Scoring.Batch.Messages;

/// <summary>Reads a job's message strictly: every fault of it is reported at once, and what is not known is refused.</summary>
internal ref partial struct JobRequestParser
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    private readonly FaultList faults = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly ReadOnlySpan<byte> json;
    private Utf8JsonReader reader;
    private string? id;
    private string? model;
    private string? version;
    private string? group;
    private string? traceParent;
    private string? features;
    private byte[]? instances;
    private JobInput? input;
    private string? blob;
    private string? prefix;
    private JobFormat? inputFormat;
    private char? delimiter;
    private List<string> keep = [];
    private JobFormat output = JobFormat.JsonLines;
    private JobPriority priority;
    private TimeSpan? timeout;
    private bool? receipts;
    private FailedRowsLimit? maxFailedRows;

    private JobRequestParser(ReadOnlySpan<byte> json)
    {
        this.json = json;
        reader = new Utf8JsonReader(json, ReaderOptions);
    }

    /// <param name="json">UTF-8.</param>
    /// <param name="newId">The id of a message that gives none; null: one is required.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidJson"/> or <see cref="ErrorCode.InvalidValue"/>, with every fault.</exception>
    public static JobRequest Parse(ReadOnlySpan<byte> json, string? newId = null)
    {
        try
        {
            return new JobRequestParser(json) { id = newId }.Read();
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"The message is not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The id that a refused message gives, when it can be made out and is valid; null otherwise.</summary>
    public static string? FindId(ReadOnlySpan<byte> json)
    {
        string? found = null;
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("id"u8)
                    && reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    found = reader.GetString();
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What was found before the fault is still whose message this is.
        }

        return JobId.IsValid(found) ? found : null;
    }

    public static string NameOf(JobFormat format) => format switch
    {
        JobFormat.JsonLines => "jsonl",
        JobFormat.Csv => "csv",
        _ => "parquet",
    };

    public static string NameOf(JobPriority priority) => priority switch
    {
        JobPriority.Low => "low",
        JobPriority.High => "high",
        _ => "normal",
    };

    private JobRequest Read()
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ScoringException(ErrorCode.InvalidJson, $"The message is refused: expected a JSON object, found {Kind(reader.TokenType)}");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty(reader.GetString()!);
        }

        if (reader.Read())
        {
            throw new ScoringException(ErrorCode.InvalidJson, "The message is refused: expected nothing behind the JSON object");
        }

        CheckWhole();
        return faults.Count > 0
            ? throw faults.ToException()
            : new JobRequest(id!, model!)
            {
                Version = version,
                Group = group,
                TraceParent = traceParent,
                Instances = instances is null ? null : (ReadOnlyMemory<byte>?)instances,
                Input = input,
                Keep = keep,
                Features = features,
                Output = output,
                Priority = priority,
                Timeout = timeout,
                Receipts = receipts,
                MaxFailedRows = maxFailedRows,
            };
    }

    private void ReadProperty(string name)
    {
        var pointer = "/" + FaultSite.Escape(name);
        if (!seen.Add(name))
        {
            faults.Add(ErrorCode.InvalidJson, pointer, "found the property twice, expected it once");
        }

        reader.Read();
        if (Members.TryGetValue(name, out var member))
        {
            member(ref this, pointer);
            return;
        }

        faults.Add(ErrorCode.InvalidValue, pointer, $"found an unknown property, expected {AnyOf(Members)}");
        reader.Skip();
    }

    private readonly void CheckWhole()
    {
        Require(id is not null || seen.Contains("id"), "an id");
        Require(model is not null || seen.Contains("model"), "a model's name");
        var hasInput = seen.Contains("input");
        var hasInstances = seen.Contains("instances");
        Require(hasInput || hasInstances, "instances or an input");
        if (hasInput && hasInstances)
        {
            faults.Add(ErrorCode.InvalidValue, "/input", "found instances and an input, expected one of the two");
        }

        if (hasInstances && features is not null)
        {
            faults.Add(ErrorCode.InvalidValue, "/features", "found features beside instances, expected them with an input only");
        }

        if (output == JobFormat.Csv)
        {
            faults.Add(ErrorCode.InvalidValue, "/output", "found csv, expected jsonl or parquet");
        }
    }

    private readonly void Require(bool given, string expected)
    {
        if (!given)
        {
            faults.Add(ErrorCode.InvalidValue, "", $"found nothing, expected {expected}");
        }
    }

    private void ReadInstances(string pointer)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected an array of instances");
            reader.Skip();
            return;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        instances = CompactJson.Write(json[start..(int)reader.BytesConsumed]);
    }

    private void ReadInput(string pointer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected an object");
            reader.Skip();
            return;
        }

        blob = prefix = null;
        inputFormat = null;
        delimiter = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var at = $"{pointer}/{FaultSite.Escape(name)}";
            if (!seen.Add(at))
            {
                faults.Add(ErrorCode.InvalidJson, at, "found the property twice, expected it once");
            }

            reader.Read();
            if (InputMembers.TryGetValue(name, out var member))
            {
                member(ref this, at);
                continue;
            }

            faults.Add(ErrorCode.InvalidValue, at, $"found an unknown property, expected {AnyOf(InputMembers)}");
            reader.Skip();
        }

        if ((blob is null) == (prefix is null))
        {
            faults.Add(ErrorCode.InvalidValue, pointer, "expected one of blob and prefix");
            return;
        }

        var path = (blob ?? prefix)!;
        if (InputPath.FindFault(path, isPrefix: blob is null) is { } fault)
        {
            faults.Add(ErrorCode.InvalidValue, $"{pointer}/{(blob is null ? "prefix" : "blob")}", fault);
            return;
        }

        input = new JobInput(path, blob is null, inputFormat, delimiter);
    }

    private void ReadKeep(string pointer)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Add(ErrorCode.InvalidValue, pointer, $"found {Kind(reader.TokenType)}, expected an array of column names");
            reader.Skip();
            return;
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (ReadString($"{pointer}/{i}") is { } column)
            {
                if (keep.Contains(column, StringComparer.Ordinal))
                {
                    faults.Add(ErrorCode.InvalidValue, $"{pointer}/{i}", $"found '{column}' twice, expected each column once");
                }

                keep.Add(column);
            }
        }
    }
}
