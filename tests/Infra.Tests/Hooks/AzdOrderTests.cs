using System.IO.Compression;
using System.Text.Json;

namespace InfraTests.Hooks;

/// <summary>The hooks of azure.yaml in the order in which azd runs them: a project's own wrap the whole action, a service's wrap its step.</summary>
public sealed class AzdOrderTests : IDisposable
{
    private static readonly string[] StepsOfDeploy = ["package", "publish", "deploy"];

    private readonly FakeAzure azure = new();
    private readonly HookRun run;

    public AzdOrderTests()
    {
        run = new HookRun(azure);
        run.Environment["SCORING_HOSTING_PLAN"] = "premium";
        run.Command("dotnet", $"""
            echo "dotnet $1" >> calls
            if [ "$1" = publish ]; then mkdir -p artifacts/functions && cd artifacts/functions && touch {string.Join(' ', global::Hooks.PackageHook.Needed)} && echo new > host.json; fi
            """);
    }

    public void Dispose()
    {
        run.Dispose();
        azure.Dispose();
    }

    [NodeFact]
    public async Task Deploy_OfFreshClone_UploadsWhatWasPacked()
    {
        await PlayAsync("deploy");

        Assert.Equal("new", Uploaded());
    }

    [NodeFact]
    public async Task Deploy_OverOldPackage_UploadsTheNewOne()
    {
        Directory.CreateDirectory(Path.Combine(run.Root, "artifacts/functions"));
        File.WriteAllText(Path.Combine(run.Root, "artifacts/functions/host.json"), "old");

        await PlayAsync("deploy");

        Assert.Equal("new", Uploaded());
    }

    [NodeFact]
    public async Task Up_OfFreshClone_PacksProvisionsAndDeploysInSequence()
    {
        var steps = Yaml().GetProperty("workflows").GetProperty("up").GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("azd").GetString()!.Split(' ')[0]).ToArray();
        Assert.Equal(["package", "provision", "deploy"], steps);

        foreach (var step in steps)
        {
            await PlayAsync(step);
        }

        Assert.Equal(["dotnet publish", "dotnet run", "dotnet publish"], run.Calls.Where(call => call.StartsWith("dotnet ", StringComparison.Ordinal)));
        Assert.Equal("new", Uploaded());
    }

    private async Task PlayAsync(string action)
    {
        var yaml = Yaml();
        var project = yaml.GetProperty("hooks");
        var service = yaml.GetProperty("services").GetProperty("scoring").GetProperty("hooks");
        var steps = action == "deploy" ? StepsOfDeploy : action == "package" ? ["package"] : [];
        (JsonElement Hooks, string Name)[] order =
            [(project, $"pre{action}"), .. steps.SelectMany(step => new[] { (service, $"pre{step}"), (service, $"post{step}") }), (project, $"post{action}")];
        foreach (var (hooks, name) in order)
        {
            if (hooks.TryGetProperty(name, out var hook))
            {
                var (status, said) = await run.RunAsync(hook.GetProperty("posix").GetProperty("run").GetString()!.Split(" -- ")[1]);
                Assert.True(status == 0, $"{name}: {said}");
            }
        }
    }

    private string Uploaded()
    {
        using var zip = new ZipArchive(new MemoryStream(azure.Package!));
        using var reader = new StreamReader(zip.GetEntry("host.json")!.Open());
        return reader.ReadToEnd().Trim();
    }

    private static JsonElement Yaml() => NodeTools.Ask<JsonElement>(new { tool = "readYaml", file = Checkout.PathTo("azure.yaml") });
}
