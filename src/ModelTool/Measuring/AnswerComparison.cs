using System.Text.Json;
using ModelTool.Data;
using Scoring;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>The answers of two models to the same instances.</summary>
/// <param name="Agreement">Share of instances with the same label; 1 where answers have no label.</param>
/// <param name="Difference">Root of the squared differences of all numbers answered, over the root of the original's squares.</param>
internal sealed record AnswerComparison(double Agreement, double Difference, int Compared)
{
    /// <summary>Asks both, instance by instance; those that one of them refuses are left out.</summary>
    /// <exception cref="IOException">All are refused.</exception>
    public static AnswerComparison Of(LoadedModel original, LoadedModel changed, Instances first, Instances second, int mostInstances)
    {
        var (agreed, squares, errors, compared) = (0, 0.0, 0.0, 0);
        var faults = new FaultList();
        for (var index = 0; index < first.Count && compared < mostInstances; index++)
        {
            using var one = Answer(original, first, index, faults);
            using var other = Answer(changed, second, index, faults);
            if (one is null || other is null)
            {
                continue;
            }

            compared++;
            agreed += Top(one.RootElement) == Top(other.RootElement) ? 1 : 0;
            foreach (var (expected, found) in Prediction.Numbers(one.RootElement).Zip(Prediction.Numbers(other.RootElement)))
            {
                squares += expected * expected;
                errors += (expected - found) * (expected - found);
            }
        }

        return compared > 0
            ? new((double)agreed / compared, squares > 0 ? Math.Sqrt(errors / squares) : Math.Sqrt(errors), compared)
            : throw new IOException($"The model refuses every instance of {first.Origin}: {faults.FirstDetail}.");
    }

    private static JsonDocument? Answer(LoadedModel model, Instances instances, int index, FaultList faults)
    {
        using var batch = model.RentBatch();
        if (!instances.TryAdd(batch, index, faults))
        {
            return null;
        }

        batch.Run(CancellationToken.None);
        return Prediction.Read(batch, 0);
    }

    private static string Top(JsonElement prediction) => prediction.TryGetProperty("label", out var label) ? label.ToString() : "";
}
