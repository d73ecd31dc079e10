using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving;

/// <summary>
/// Loads and runs a model of no meaning, so that what the first load and the first request of any model call is compiled before there is a model:
/// beside the host's start, on a processor that has nothing else to do then.
/// </summary>
internal static class StartupWarmUp
{
    // probabilities = Softmax(x), x of the shape [rows, 4].
    private const string Model = "CAg6TgoPCgF4EgFwIgdTb2Z0bWF4EglyZWhlYXJzYWxaFwoBeBISChAIARIMCgYSBHJvd3MKAggEYhcKAXASEgoQCAESDAoGEgRyb3dzCgIIBEIECgAQDQ==";

    private const string Config = """
        {"task":"classification","labels":["a","b","c","d"],"outputs":{"probabilities":"p"},"features":[
        {"name":"number","type":"number","min":0,"max":9,"default":0},{"name":"flag","type":"boolean"},{"name":"kind","type":"category","values":["x","y"]}]}
        """;

    /// <summary>Rehearses, unless there is one processor only, which has no time to spare.</summary>
    public static void Run()
    {
        if (Environment.ProcessorCount == 1)
        {
            return;
        }

        var folder = ProcessFolder.Shared.NewFolder();
        try
        {
            File.WriteAllBytes(Path.Combine(folder, ModelPackage.ModelFile), Convert.FromBase64String(Model));
            File.WriteAllText(Path.Combine(folder, ModelPackage.ConfigFile), Config);
            var manifest = PackageManifest.Parse(PackageVerification.Hash(folder).ToJson(), "warm-up");
            using var model = LoadedModel.Load(new ModelPackage("warm-up", "1", manifest.ModelSha256(), folder, folder), SessionSettings.Plain);
            model.WarmUp();
        }
        finally
        {
            OwnFolder.Delete(folder);
        }
    }
}
