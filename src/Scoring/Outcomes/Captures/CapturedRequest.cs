using Scoring.Configuration;

namespace Scoring.Outcomes.Captures;

/// <summary>A copy of a request that was chosen, and of its answer.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version that answers.</param>
/// <param name="Config">What is kept of it.</param>
/// <param name="Features">The names that the model knows. Where an instance is no object, it is the value of the only one.</param>
/// <param name="Body">The request as it was read.</param>
public sealed record CapturedRequest(string Model, string Version, CaptureConfig Config, IReadOnlyList<string> Features, byte[] Body)
{
    /// <summary>The answer; empty before there is one.</summary>
    public byte[] Answer { get; internal set; } = [];

    /// <summary>When it was given.</summary>
    public DateTimeOffset At { get; internal set; }

    /// <summary>Bytes that it holds.</summary>
    public int Bytes => Body.Length + Answer.Length;
}
