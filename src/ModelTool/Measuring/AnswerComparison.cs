using System.Text.Json;
using ModelTool.Data;
using Scoring;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>The answers of two models to the same instances.</summary>
/// <param name="Agreement">Share of instances with the same label, or the same labels; null where answers have none.</param>
/// <param name="Outputs">Each output by itself: a large one says nothing of a small one.</param>
internal sealed record AnswerComparison(double? Agreement, IReadOnlyList<OutputComparison> Outputs, int Compared)
{
    /// <summary>The greatest difference of an output.</summary>
    public double Difference => Outputs.Select(output => output.Difference).DefaultIfEmpty(0).Max();

    /// <summary>Asks both, instance by instance; those that one of them refuses are left out.</summary>
    /// <exception cref="IOException">All are refused.</exception>
    public static AnswerComparison Of(LoadedModel original, LoadedModel changed, Instances first, Instances second, int maxInstances)
    {
        var (agreed, labelled, compared) = (0, 0, 0);
        var outputs = new Dictionary<string, OutputAnswers>(StringComparer.Ordinal);
        var faults = new FaultList();
        for (var index = 0; index < first.Count && compared < maxInstances; index++)
        {
            using var one = Answer(original, first, index, faults);
            using var other = Answer(changed, second, index, faults);
            if (one is null || other is null)
            {
                continue;
            }

            compared++;
            if (Prediction.Label(one.RootElement) is { } label)
            {
                labelled++;
                agreed += label == Prediction.Label(other.RootElement) ? 1 : 0;
            }

            var found = Prediction.Outputs(other.RootElement).ToDictionary(StringComparer.Ordinal);
            foreach (var (name, expected) in Prediction.Outputs(one.RootElement))
            {
                var answers = outputs.TryGetValue(name, out var known) ? known : outputs[name] = new OutputAnswers(name);
                answers.Add(expected, found.GetValueOrDefault(name), first.LabelOf(index));
            }
        }

        return compared > 0
            ? new(labelled > 0 ? (double)agreed / labelled : null, [.. outputs.Values.Select(output => output.Compare()).OfType<OutputComparison>()], compared)
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
}
