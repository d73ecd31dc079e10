using Scoring.Batch.Planning;

namespace Scoring.Batch.Jobs;

/// <summary>A message on <see cref="BatchNames.Steps"/>.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Number">Of the planning step or the chunk, from 0.</param>
/// <param name="Chunk">The chunk to score.</param>
/// <param name="Crashes">How often the step has used up its tries without an error of its own.</param>
/// <param name="TraceParent">W3C trace context of the step that sent it.</param>
internal sealed record StepMessage(string Job, StepKind Kind, int Number, Chunk? Chunk = null, int Crashes = 0, string? TraceParent = null);
