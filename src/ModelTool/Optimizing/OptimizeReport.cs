using ModelTool.Measuring;
using ModelTool.Quantizing;

namespace ModelTool.Optimizing;

/// <summary>What optimisation did.</summary>
/// <param name="Verdict"><c>accepted</c> or <c>rejected</c>.</param>
/// <param name="Sentence">The verdict for people.</param>
internal sealed record OptimizeReport(string Verdict, string Sentence, OptimizeFound Found, LoadTimesFound Load, CompareFound Compared, IReadOnlyList<Limit> Limits);
