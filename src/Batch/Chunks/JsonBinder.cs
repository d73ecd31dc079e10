using System.Text.Json;
using Scoring.Features;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>A record is one JSON instance.</summary>
/// <param name="keep">The columns to keep, in order.</param>
/// <param name="unknown">Takes features that the model does not know; null to go by the model's own rule.</param>
internal sealed class JsonBinder(IReadOnlyList<string> keep, UnknownFeatures? unknown) : IRecordBinder
{
    private readonly JsonEncodedText[] kept = [.. keep.Select(name => JsonEncodedText.Encode(name))];

    public bool TryAdd(ScoringBatch batch, ReadOnlySpan<byte> record, FaultList faults) => batch.TryAdd(record, faults, unknown);

    public void WriteKept(Utf8JsonWriter writer, ReadOnlySpan<byte> record)
    {
        foreach (var name in kept)
        {
            var reader = new Utf8JsonReader(record);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isKept = reader.ValueTextEquals(name.EncodedUtf8Bytes) || reader.ValueTextEquals(name.Value);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isKept)
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(record[start..(int)reader.BytesConsumed], skipInputValidation: true);
                    break;
                }
            }
        }
    }
}
