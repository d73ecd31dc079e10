using ModelTool.Training.Searching;

namespace ModelTool.Training;

/// <summary>A kind of candidates, searched and fitted.</summary>
/// <param name="Setting">The best.</param>
/// <param name="Curve">How it did on each share of the training texts.</param>
internal sealed record FamilyFound(ITextFamily Family, FitSetting Setting, IReadOnlyList<(double Share, TrialFound Found)> Curve, FamilyMade Made);
