using ModelTool.Training.Packaging;

namespace ModelTool.Training.Searching;

/// <summary>A fitted model as it could be served.</summary>
/// <param name="Name">By which it is taken.</param>
/// <param name="Terms">Terms of its vocabulary; 0 where it has none of its own.</param>
/// <param name="Package">Without a calibration.</param>
internal sealed record TextCandidate(string Name, int Terms, PackageDraft Package);
