using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Writes golden cases for a package that has none: rows of a data file, spread over it, with what the package answers now.</summary>
/// <param name="Folder">The package.</param>
/// <param name="DataPath">See <see cref="DataFile"/>.</param>
internal sealed record GoldenFromDataStep(string Folder, string DataPath)
{
    private const int Cases = 10;

    // A model that refuses all rows of a large file is not asked of each.
    private const int TriesOfACase = 100;

    // The same row on another processor differs by the order in which products are summed.
    private const double Tolerance = 1e-4;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var refused = new List<string>();
        var file = DataFile.ReadInstances(DataPath, model, label: null, refused.Add);
        var instances = new DataInstances(DataPath, model);
        var cases = new JsonArray();
        var count = Math.Min(Cases, file.Rows.Count);
        for (var index = 0; index < count; index++)
        {
            // Of each tenth of the file the first row that the model answers.
            var (first, end) = ((int)((long)index * file.Rows.Count / count), (int)((long)(index + 1) * file.Rows.Count / count));
            foreach (var row in file.Rows.Skip(first).Take(Math.Min(end - first, TriesOfACase)))
            {
                progress.Doing($"scoring line {row.Line}");
                if (TryAnswer(model, instances, row, refused) is { } golden)
                {
                    cases.Add((JsonNode)golden);
                    break;
                }
            }
        }

        var reason = refused.FirstOrDefault();
        if (cases.Count == 0)
        {
            throw new IOException($"{DataPath} gives no golden case: {reason ?? "it holds no instances"}.");
        }

        var made = cases.Count;
        var root = new JsonObject { ["tolerance"] = Tolerance, ["cases"] = cases };
        File.WriteAllText(Path.Combine(Folder, ModelPackage.GoldenFile), root.ToJsonString(StepJson.Report));
        return new GoldenFound(made, refused.Count, reason);
    }

    private static JsonObject? TryAnswer(LoadedModel model, DataInstances instances, DataRow row, List<string> refused)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        JsonNode instance;
        try
        {
            instance = instances.Of(row);
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(instance.ToJsonString()));
            reader.Read();
            if (!batch.TryAdd(ref reader, instance: -1, faults))
            {
                refused.Add($"line {row.Line} is refused: {faults.FirstDetail}");
                return null;
            }

            batch.Run(CancellationToken.None);
        }
        catch (Exception e) when (e is ScoringException or JsonException)
        {
            refused.Add($"line {row.Line} is refused: {e.Message}");
            return null;
        }

        using var prediction = Prediction.Read(batch, 0);
        var golden = new JsonObject { ["name"] = $"line {row.Line}", ["instance"] = instance, ["prediction"] = JsonNode.Parse(prediction.RootElement.GetRawText()) };
        if (Largest(prediction.RootElement) is > 1 and var largest)
        {
            golden["tolerance"] = Tolerance * largest;
        }

        return golden;
    }

    private static double Largest(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Math.Abs(value.GetDouble()),
        JsonValueKind.Array => value.EnumerateArray().Select(Largest).DefaultIfEmpty().Max(),
        JsonValueKind.Object => value.EnumerateObject().Select(property => Largest(property.Value)).DefaultIfEmpty().Max(),
        _ => 0,
    };
}
