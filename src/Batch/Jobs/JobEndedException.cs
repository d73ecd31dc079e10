namespace Scoring.Batch.Jobs;

/// <summary>The job ended, or its timeout passed, while one of its steps went on; the step was given up.</summary>
internal sealed class JobEndedException(string id) : Exception($"Job '{id}' ended while one of its steps went on.");
