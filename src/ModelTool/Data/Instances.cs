using System.Runtime.InteropServices;
using System.Text.Json;
using Scoring;
using Scoring.Serving;
using Scoring.Serving.Probing;

namespace ModelTool.Data;

/// <summary>What a model is measured on, and where it came from.</summary>
/// <param name="Origin">For the report: a file's name, the golden cases, or that they were made up.</param>
/// <param name="Count">Instances at hand; rows beyond it repeat them.</param>
/// <param name="TryAdd">Adds the instance of an index to a batch.</param>
/// <param name="LabelOf">What the column that was named says of the instance of an index; null where none was.</param>
internal sealed record Instances(string Origin, int Count, Func<ScoringBatch, int, FaultList, bool> TryAdd, Func<int, string?> LabelOf)
{
    /// <summary>The data file where one is given, else the golden cases, else instances made from the model's inputs.</summary>
    /// <exception cref="IOException">There are none, or no such column.</exception>
    public static Instances For(LoadedModel model, string? dataPath, int sequence, string? label = null)
    {
        if (dataPath is not null)
        {
            var file = DataFile.ReadInstances(dataPath, model, label);
            return file.Rows.Count > 0
                ? new(Path.GetFileName(dataPath), file.Rows.Count, (batch, index, faults) => file.TryAdd(batch, file.Rows[index], faults), index => file.Rows[index].Label)
                : throw new IOException($"{dataPath} holds no instances.");
        }

        var golden = GoldenFile.Read(model.Package.GoldenPath);
        return golden.Count > 0
            ? FromJson("golden.json", [.. golden.Select(entry => JsonMarshal.GetRawUtf8Value(entry.Instance).ToArray())])
            : FromJson("made-up inputs", [MadeUpInstance.For(model, sequence)]);
    }

    /// <summary>Fills a batch with so many rows.</summary>
    /// <param name="batch">Empty.</param>
    /// <param name="rows">How many.</param>
    /// <param name="first">Index of the instance to begin with.</param>
    /// <exception cref="IOException">The model refuses an instance.</exception>
    public void Fill(ScoringBatch batch, int rows, int first = 0)
    {
        var faults = new FaultList();
        var offered = 0;
        while (batch.Count < rows)
        {
            faults.Clear();
            if (!TryAdd(batch, (first + offered) % Count, faults) && offered >= Count && batch.Count == 0)
            {
                throw new IOException($"The model refuses the instances of {Origin}: {faults.FirstDetail}. Give others: --data FILE");
            }

            offered++;
        }
    }

    private static Instances FromJson(string origin, byte[][] instances) => new(origin, instances.Length, (batch, index, faults) =>
    {
        var reader = new Utf8JsonReader(instances[index]);
        reader.Read();
        return batch.TryAdd(ref reader, instance: -1, faults);
    }, _ => null);
}
