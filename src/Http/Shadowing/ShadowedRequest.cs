using System.Buffers;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Http.Shadowing;

/// <summary>A request of the live version that the candidate is to score as well: a copy of what was asked and answered, handed over once the answer is out.</summary>
internal sealed class ShadowedRequest(ShadowScorer scorer, RoutedRequest routed, byte[] body) : IRequestWatch
{
    /// <summary>How it was dealt.</summary>
    public RoutedRequest Routed => routed;

    /// <summary>What was asked.</summary>
    public ReadOnlySpan<byte> Body => body;

    /// <summary>What the live version answered; empty before it did.</summary>
    public ReadOnlyMemory<byte> Answer { get; private set; }

    /// <summary>Timestamp after which it is too late to score it.</summary>
    public long Until { get; set; }

    /// <summary>Takes note of the live version's answer.</summary>
    public void Answered(in ReadOnlySequence<byte> answer) => Answer = answer.ToArray();

    /// <inheritdoc/>
    public void Completed(string code, TimeSpan duration, TimeSpan slo)
    {
        routed.Completed(code, duration, slo);
        if (code == ScoringMetrics.Ok)
        {
            scorer.Add(this);
        }
    }
}
