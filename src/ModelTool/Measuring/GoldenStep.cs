using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;

namespace ModelTool.Measuring;

/// <summary>Writes a changed package's golden cases anew: the same instances, with what the package answers now.</summary>
internal sealed record GoldenStep(string Folder)
{
    public object Run(StepProgress progress)
    {
        var path = Path.Combine(Folder, ModelPackage.GoldenFile);
        progress.Doing("loading the changed model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        if (!File.Exists(path))
        {
            model.WarmUp();
            return new GoldenFound(0);
        }

        var cases = GoldenFile.Read(path);
        var root = JsonNode.Parse(BoundedFile.ReadText(path, BoundedFile.MaxGolden))!;
        for (var index = 0; index < cases.Count; index++)
        {
            progress.Doing($"scoring the golden case '{cases[index].Name}'");
            root["cases"]![index]!["prediction"] = Answer(model, cases[index]);
        }

        File.WriteAllText(path, root.ToJsonString(StepJson.Report));
        return new GoldenFound(cases.Count);
    }

    private static JsonNode Answer(LoadedModel model, GoldenCase golden)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(golden.Instance));
        reader.Read();
        if (!batch.TryAdd(ref reader, instance: -1, faults))
        {
            throw new IOException($"The golden case '{golden.Name}' is refused: {faults.FirstDetail}.");
        }

        batch.Run(CancellationToken.None);
        using var prediction = Prediction.Read(batch, 0);
        return JsonNode.Parse(prediction.RootElement.GetRawText())!;
    }
}
