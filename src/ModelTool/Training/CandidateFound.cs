using System.Text.Json.Serialization;
using ModelTool.Training.Scoring;

namespace ModelTool.Training;

/// <summary>What a candidate was measured to do.</summary>
/// <param name="Setting">How it was fitted, for people.</param>
/// <param name="Validation">Quality on the validation texts: what the choice goes by.</param>
/// <param name="Test">On the test texts, which nothing else reads.</param>
/// <param name="P50Microseconds">Median from a text to its probabilities, on one thread of the engine.</param>
/// <param name="IsOnFront">True where no other has fewer bytes and does as well.</param>
internal sealed record CandidateFound(string Name, string Kind, string? Of, string Setting, int Terms, long Bytes, double Validation, TextQuality Test, double P50Microseconds, bool IsOnFront)
{
    /// <summary>Of each test text how well it was labelled: 1 or 0 of one label, F1 of several.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Rows { get; init; } = [];
}
