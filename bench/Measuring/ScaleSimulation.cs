namespace Scoring.Bench.Measuring;

/// <summary>
/// A job on instances that the published rule of target-based scaling starts: messages ÷ batch size are wanted, four are added at a decision, up to a limit. Goes by steps of
/// a tenth of a second; chunks are counted as fractions. Instances that have started stay.
/// </summary>
internal static class ScaleSimulation
{
    private const double Step = 0.1;

    public static ScaleOutcome Run(ScaleInputs inputs)
    {
        var starts = new List<double> { ScaleInputs.StartSeconds };
        double now = 0, done = 0, busy = 0, peak = 0, nextDecision = ScaleInputs.DecisionSeconds, plannedAfter = 0;
        var planned = 0;
        while (done < inputs.Chunks - 1e-6)
        {
            // 1. Planning, from the first instance's start on.
            var steps = (int)Math.Max(0, (now - ScaleInputs.StartSeconds) / inputs.StepSeconds);
            planned = (int)Math.Min(inputs.Chunks, (long)steps * inputs.ChunksPerStep);
            plannedAfter = planned < inputs.Chunks ? now : plannedAfter;

            // 2. Scoring: an instance has as many chunks as it takes at once, as far as there are any.
            var ready = starts.Count(start => start <= now);
            var left = planned - done;
            var working = Math.Min(ready, Math.Ceiling(left / inputs.InFlight));
            var scored = Math.Min(left, working * inputs.ChunksPerSecond * Step);
            done += scored;
            busy += scored / inputs.ChunksPerSecond;
            peak = Math.Max(peak, scored / Step * ScaleInputs.RequestsPerChunk);

            // 3. The controller. Messages in work count as well.
            if (now >= nextDecision)
            {
                nextDecision += ScaleInputs.DecisionSeconds;
                var wanted = Math.Min(inputs.MaxInstances, (int)Math.Ceiling((planned - done) / inputs.BatchSize));
                for (var added = 0; added < ScaleInputs.InstancesPerDecision && starts.Count < wanted; added++)
                {
                    starts.Add(now + ScaleInputs.StartSeconds);
                }
            }

            now += Step;
        }

        var paid = starts.Sum(start => Math.Max(0, now - start));
        var requests = (long)inputs.Chunks * (ScaleInputs.RequestsPerChunk + 1) + (10L * (inputs.Chunks / inputs.ChunksPerStep));
        return new ScaleOutcome(now, starts.Count, requests, peak, Math.Max(0, 1 - (busy / paid)), plannedAfter);
    }
}
