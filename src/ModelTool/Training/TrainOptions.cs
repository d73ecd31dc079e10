using ModelTool.Training.Texts;

namespace ModelTool.Training;

/// <summary>What is trained, and where it goes.</summary>
/// <param name="Path">The file of texts.</param>
/// <param name="Columns">What its columns are.</param>
/// <param name="Out">The package's folder, not there yet.</param>
/// <param name="Work">Where what was found is kept; a second call goes on from there.</param>
/// <param name="Kinds">Which kinds of candidates are tried.</param>
/// <param name="Take">The candidate to take; null for the smallest within a point of the best.</param>
/// <param name="Encoder">A published model, or a package's folder, whose embeddings a head is fitted to; null for none.</param>
internal sealed record TrainOptions(string Path, TextColumns Columns, ulong Seed, string Out, string Work, IReadOnlyList<string> Kinds, string? Take, string? Encoder)
{
    /// <summary>Kinds of candidates over terms.</summary>
    public static readonly string[] AllKinds = ["words", "pairs", "characters", "network"];
}
