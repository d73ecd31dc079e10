using System.Buffers.Text;
using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Scoring.Outcomes.Reading;

/// <summary>One line of a file of outcomes. Reused for the next; one caller at a time.</summary>
internal sealed class StoredOutcome
{
    private const int MaxNonceBytes = 16;

    private float[] probabilities = new float[8];
    private int[] happened = new int[1];
    private int probabilityCount;
    private int happenedCount;

    /// <summary>The receipt's nonce as a number.</summary>
    public UInt128 Nonce { get; private set; }

    /// <summary>First bytes of the version's content hash, in hex.</summary>
    public string Content { get; private set; } = "";

    /// <summary>When the receipt was issued, ticks of UTC.</summary>
    public long Issued { get; private set; }

    /// <summary>When the outcome came in, ticks of UTC.</summary>
    public long Received { get; private set; }

    /// <summary>What the model does.</summary>
    public OutcomeTask Task { get; private set; }

    /// <summary>A probability for each label, in their order; empty for a regression.</summary>
    public ReadOnlySpan<float> Probabilities => probabilities.AsSpan(0, probabilityCount);

    /// <summary>Indexes of the labels that came true: one of a classification.</summary>
    public ReadOnlySpan<int> Happened => happened.AsSpan(0, happenedCount);

    /// <summary>What a regression predicted.</summary>
    public double Predicted { get; private set; }

    /// <summary>What came true of it.</summary>
    public double Value { get; private set; }

    /// <summary>How many predictions it stands for; 1 where the line says nothing.</summary>
    public float Weight { get; private set; }

    /// <summary>A number for who asked where a rollout dealt the request out, 0 where the request did not say; null where none did.</summary>
    public uint? Visitor { get; private set; }

    /// <summary>Takes a line.</summary>
    /// <returns>False where it is none of an outcome: cut short, or altered.</returns>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        (probabilityCount, happenedCount, Nonce, Issued, Received, Weight, Task, Predicted, Value, Visitor) = (0, 0, 0, 0, 0, 1, OutcomeTask.Unknown, double.NaN, double.NaN, null);
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader);
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && IsWhole;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private bool IsWhole => Nonce != 0 && Issued != 0 && Received != 0 && Weight > 0 && float.IsFinite(Weight) && Task switch
    {
        OutcomeTask.Regression => double.IsFinite(Predicted) && double.IsFinite(Value),
        OutcomeTask.Classification => happenedCount == 1 && IsInRange,
        OutcomeTask.Multilabel => IsInRange,
        _ => false,
    };

    private bool IsInRange => probabilityCount > 0 && !Happened.ContainsAnyExceptInRange(0, probabilityCount - 1);

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("nonce"u8))
        {
            reader.Read();
            Nonce = NonceOf(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        }
        else if (reader.ValueTextEquals("probabilities"u8))
        {
            reader.Read();
            ReadProbabilities(ref reader);
        }
        else if (reader.ValueTextEquals("issued"u8))
        {
            reader.Read();
            Issued = reader.GetDateTimeOffset().UtcTicks;
        }
        else if (reader.ValueTextEquals("received"u8))
        {
            reader.Read();
            Received = reader.GetDateTimeOffset().UtcTicks;
        }
        else if (reader.ValueTextEquals("index"u8))
        {
            reader.Read();
            ReadHappened(ref reader);
        }
        else if (reader.ValueTextEquals("task"u8))
        {
            reader.Read();
            Task = reader.ValueTextEquals("classification"u8) ? OutcomeTask.Classification
                : reader.ValueTextEquals("regression"u8) ? OutcomeTask.Regression
                : reader.ValueTextEquals("multilabel"u8) ? OutcomeTask.Multilabel : OutcomeTask.Unknown;
        }
        else if (reader.ValueTextEquals("content"u8))
        {
            reader.Read();

            // The same in nearly every line.
            Content = reader.ValueTextEquals(Content) ? Content : reader.GetString() ?? "";
        }
        else if (reader.ValueTextEquals("weight"u8))
        {
            reader.Read();
            Weight = reader.GetSingle();
        }
        else if (reader.ValueTextEquals("visitor"u8))
        {
            reader.Read();
            Visitor = reader.GetUInt32();
        }
        else if (reader.ValueTextEquals("predicted"u8))
        {
            reader.Read();
            Predicted = reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : double.NaN;
            reader.Skip();
        }
        else if (reader.ValueTextEquals("value"u8))
        {
            reader.Read();
            Value = reader.GetDouble();
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private void ReadProbabilities(ref Utf8JsonReader reader)
    {
        RequireArray(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (probabilityCount == probabilities.Length)
            {
                Array.Resize(ref probabilities, 2 * probabilityCount);
            }

            var probability = reader.GetSingle();
            probabilities[probabilityCount++] = probability is >= 0 and <= 1 ? probability : throw new FormatException("A probability is out of range.");
        }
    }

    private void ReadHappened(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            happened[happenedCount++] = reader.GetInt32();
            return;
        }

        RequireArray(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (happenedCount == happened.Length)
            {
                Array.Resize(ref happened, 2 * happenedCount);
            }

            happened[happenedCount++] = reader.GetInt32();
        }
    }

    private static void RequireArray(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("An array is expected.");
        }
    }

    private static UInt128 NonceOf(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[MaxNonceBytes];
        bytes.Clear();
        if (Base64Url.GetMaxDecodedLength(text.Length) > MaxNonceBytes || Base64Url.DecodeFromUtf8(text, bytes, out _, out _) != OperationStatus.Done)
        {
            throw new FormatException($"'{Encoding.UTF8.GetString(text)}' is no nonce.");
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
