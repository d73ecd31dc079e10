using System.Text;
using System.Text.Json;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Writes one named feature of an instance into a model input. Immutable and shared by all batches.</summary>
internal abstract class FeatureEncoder(string name, int input)
{
    /// <summary>The feature's name as callers write it.</summary>
    public string Name { get; } = name;

    /// <summary>The same in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Index of the model input that it writes to.</summary>
    public int Input { get; } = input;

    /// <summary>True when an instance may leave it out.</summary>
    public abstract bool HasDefault { get; }

    /// <summary>Where its values stand in a row, as numbers; none for what has no numbers.</summary>
    public virtual IEnumerable<FeatureColumn> Columns => [];

    /// <summary>What a value must be, for messages and the model's description.</summary>
    public abstract string Expected { get; }

    /// <summary>Reads the value that the reader stands on and leaves it on the value's last token. False when a fault was added.</summary>
    public abstract bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site);

    /// <summary>Reads a CSV field: UTF-8, not empty. False when a fault was added.</summary>
    public abstract bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site);

    /// <summary>Takes a value of a column that has a type. False when a fault was added; NULL is a missing feature.</summary>
    public virtual bool TryTake(TypedValue value, InputBuffer buffer, FaultSite site)
    {
        switch (value.Kind)
        {
            case TypedKind.Null:
                return Refuse(site, "NULL", ErrorCode.MissingFeature);
            case TypedKind.Json:
                var reader = new Utf8JsonReader(value.Bytes);
                reader.Read();
                return TryRead(ref reader, buffer, site);
            default:
                Span<byte> room = stackalloc byte[32];
                return TryParse(value.ToText(room), buffer, site);
        }
    }

    /// <summary>Writes the default; called only where <see cref="HasDefault"/>.</summary>
    public abstract void WriteDefault(InputBuffer buffer);

    /// <summary>Writes what stands for a missing value, such as a blank cell; false, with nothing written, where one is refused.</summary>
    public virtual bool TryWriteMissing(InputBuffer buffer) => false;

    /// <summary>Writes a value that <see cref="TryRead"/> takes, for warming up; false, with nothing written, where none is made up.</summary>
    public virtual bool TryWriteExample(Utf8JsonWriter writer) => false;

    /// <summary>Reads a CSV field that is JSON.</summary>
    protected bool TryParseJson(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            var read = TryRead(ref reader, buffer, site);

            // The reader throws by itself on anything behind a value at its root.
            reader.Read();
            return read;
        }
        catch (JsonException)
        {
            return Refuse(site, $"{Found.Describe(text)}, which is no JSON");
        }
    }

    /// <summary>Adds the fault that a value is not as expected.</summary>
    protected bool Refuse(FaultSite site, string found, ErrorCode code = ErrorCode.InvalidValue)
    {
        site.Add(code, Name, $"found {found}; expected {Expected}");
        return false;
    }
}
