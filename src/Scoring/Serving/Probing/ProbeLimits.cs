namespace Scoring.Serving.Probing;

/// <summary>What a probe may take.</summary>
/// <param name="Time">From its start to its report, without the time in which it waits for a processor, up to twice this (<see cref="LowPriorityProcess"/>).</param>
/// <param name="MemoryBytes">Resident, polled; a peak between two polls goes unseen.</param>
public sealed record ProbeLimits(TimeSpan Time, long MemoryBytes)
{
    /// <summary>As <see cref="Time"/>, where an execution provider compiles the model; by default the same.</summary>
    public TimeSpan CompileTime { get; init; } = Time;

    /// <summary>How it is walled off.</summary>
    public CagePolicy Cage { get; init; }

    /// <summary>The limits that the options ask for.</summary>
    public static ProbeLimits From(ScoringOptions options) =>
        new(options.ProbeTimeout, options.ProbeMemoryBytes > 0 ? options.ProbeMemoryBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2)
        {
            Cage = options.ProbeCage,
            CompileTime = options.CompileTimeout > options.ProbeTimeout ? options.CompileTimeout : options.ProbeTimeout,
        };
}
