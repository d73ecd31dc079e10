using System.Text.Json;
using ModelTool.Data;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>The answers of two models to the same instances.</summary>
/// <param name="Agreement">Share of instances with the same label; 1 where answers have no label.</param>
/// <param name="Difference">Root of the squared differences of all numbers answered, over the root of the original's squares.</param>
internal sealed record AnswerComparison(double Agreement, double Difference, int Compared)
{
    /// <summary>Asks both, instance by instance.</summary>
    public static AnswerComparison Of(LoadedModel original, LoadedModel changed, Instances first, Instances second, int mostInstances)
    {
        var (agreed, squares, errors, compared) = (0, 0.0, 0.0, Math.Min(first.Count, mostInstances));
        for (var index = 0; index < compared; index++)
        {
            using var one = Answer(original, first, index);
            using var other = Answer(changed, second, index);
            agreed += Top(one.RootElement) == Top(other.RootElement) ? 1 : 0;
            foreach (var (expected, found) in Prediction.Numbers(one.RootElement).Zip(Prediction.Numbers(other.RootElement)))
            {
                squares += expected * expected;
                errors += (expected - found) * (expected - found);
            }
        }

        return new((double)agreed / compared, squares > 0 ? Math.Sqrt(errors / squares) : Math.Sqrt(errors), compared);
    }

    private static JsonDocument Answer(LoadedModel model, Instances instances, int index)
    {
        using var batch = model.RentBatch();
        (instances with { Count = 1, TryAdd = (target, _, faults) => instances.TryAdd(target, index, faults) }).Fill(batch, 1);
        batch.Run(CancellationToken.None);
        return Prediction.Read(batch, 0);
    }

    private static string Top(JsonElement prediction) => prediction.TryGetProperty("label", out var label) ? label.ToString() : "";
}
