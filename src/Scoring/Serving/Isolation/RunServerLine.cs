using System.Text;
using System.Text.Json;
using Scoring.Repository;

namespace Scoring.Serving.Isolation;

/// <summary>What the process of a model says on its standard output once it has tried to load the model.</summary>
/// <param name="Refusal">Why the model does not load; null where it did.</param>
/// <param name="Cage">Whether it is walled off; see <see cref="Probing.CageReport"/>.</param>
internal sealed record RunServerLine(string? Refusal, string? Cage)
{
    /// <summary>Reads a line; null where it is none: native code may write to the standard output as well.</summary>
    public static RunServerLine? Read(string line) => SmallJson.Read(Encoding.UTF8.GetBytes(line), static root =>
        root.TryGetProperty("serving", out var serving) ? new RunServerLine(serving.ValueKind == JsonValueKind.True ? null : root.Text("refusal"), root.OptionalText("cage")) : null);

    /// <summary>The line, without its end.</summary>
    public override string ToString() => Encoding.UTF8.GetString(SmallJson.Write(writer =>
    {
        writer.WriteBoolean("serving", Refusal is null);
        writer.WriteOptional("refusal", Refusal);
        writer.WriteOptional("cage", Cage);
    }));
}
