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

    // The same row on another processor differs by the order in which products are summed.
    private const double Tolerance = 1e-4;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var file = DataFile.ReadInstances(DataPath, model, label: null);
        var instances = new DataInstances(DataPath, model);
        var cases = new JsonArray();
        string? refused = null;
        for (var index = 0; index < Math.Min(Cases, file.Rows.Count); index++)
        {
            var row = file.Rows[(int)((long)index * file.Rows.Count / Math.Min(Cases, file.Rows.Count))];
            progress.Doing($"scoring line {row.Line}");
            if (TryAnswer(model, instances.Of(row), row.Line, ref refused) is { } golden)
            {
                cases.Add((JsonNode)golden);
            }
        }

        if (cases.Count == 0)
        {
            throw new IOException($"{DataPath} gives no golden case: {refused ?? "it holds no instances"}.");
        }

        var count = cases.Count;
        var root = new JsonObject { ["tolerance"] = Tolerance, ["cases"] = cases };
        File.WriteAllText(Path.Combine(Folder, ModelPackage.GoldenFile), root.ToJsonString(StepJson.Report));
        return new GoldenFound(count);
    }

    private static JsonObject? TryAnswer(LoadedModel model, JsonNode instance, int line, ref string? refused)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(instance.ToJsonString()));
        reader.Read();
        if (!batch.TryAdd(ref reader, instance: -1, faults))
        {
            refused ??= $"line {line} is refused: {faults.FirstDetail}";
            return null;
        }

        batch.Run(CancellationToken.None);
        using var prediction = Prediction.Read(batch, 0);
        var golden = new JsonObject { ["name"] = $"line {line}", ["instance"] = instance, ["prediction"] = JsonNode.Parse(prediction.RootElement.GetRawText()) };
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
