namespace Scoring.Bench.Measuring;

/// <summary>What <see cref="ScaleSimulation"/> starts from. Times in seconds.</summary>
/// <param name="Chunks">Of the job.</param>
/// <param name="ChunkSeconds">Time of one processor for one chunk.</param>
/// <param name="ChunksPerStep">That one planning step releases at its end.</param>
/// <param name="StepSeconds">Of one planning step; they run one after another.</param>
/// <param name="BatchSize">host.json's, by which the controller divides.</param>
/// <param name="InFlight">Chunks that an instance takes at once.</param>
/// <param name="MaxInstances"><c>maximumInstanceCount</c>.</param>
internal sealed record ScaleInputs(int Chunks, double ChunkSeconds, int ChunksPerStep, double StepSeconds, int BatchSize, int InFlight, int MaxInstances)
{
    /// <summary>Requests to the storage from a chunk's receipt to its end, counted in the code: 2 of the queue, 10 of blobs. Sending it is one more.</summary>
    public const int RequestsPerChunk = 12;

    /// <summary>One request's time, a usual one within a region.</summary>
    public const double RequestSeconds = 0.01;

    /// <summary>Assumed of a scan, which reads one blob after another.</summary>
    public const double BlobBytesPerSecond = 100e6;

    /// <summary>The published rule adds four instances at a time.</summary>
    public const int InstancesPerDecision = 4;

    /// <summary>Assumed: how often the controller decides is not published.</summary>
    public const double DecisionSeconds = 10;

    /// <summary>Assumed: from the decision to the first chunk.</summary>
    public const double StartSeconds = 5;

    /// <summary>One processor, as an instance of 2,048 MB has.</summary>
    public double ChunksPerSecond => Math.Min(1 / ChunkSeconds, InFlight / (ChunkSeconds + (RequestsPerChunk * RequestSeconds)));
}
