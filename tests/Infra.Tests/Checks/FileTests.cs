using System.Text.Json;

namespace InfraTests.Checks;

/// <summary>azure.yaml, host.json and the settings sample: against their schemas where those are at hand, and in what schemas let pass.</summary>
public class FileTests
{
    [NodeTheory(shared: "schemas")]
    [InlineData("azure.yaml", "azure.yaml.v1.0.json")]
    [InlineData("host.json", "host.json.schema.json")]
    [InlineData("local.settings.sample.json", "local.settings.json.schema.json")]
    public void Validate_File_MeetsItsSchema(string file, string schema) => Assert.Empty(NodeTools.Ask<string[]>(
        new { tool = "schemaFaults", schema = Checkout.SharedPathTo("schemas", schema), file = Checkout.PathTo(file) }));

    [NodeFact(shared: "schemas")]
    public void Validate_WrongHook_IsRefused()
    {
        var broken = Path.GetTempFileName();
        try
        {
            File.WriteAllText(broken, File.ReadAllText(Checkout.PathTo("azure.yaml")).Replace("postprovision:", "postprovison:", StringComparison.Ordinal));
            Assert.NotEmpty(NodeTools.Ask<string[]>(new { tool = "schemaFaults", schema = Checkout.SharedPathTo("schemas", "azure.yaml.v1.0.json"), file = broken }));
        }
        finally
        {
            File.Delete(broken);
        }
    }

    [NodeFact]
    public void Azd_OfInfrastructure_NamesFilesThatAreThere()
    {
        var azd = Read("azure.yaml");
        var infra = azd.GetProperty("infra");

        Assert.Equal("bicep", infra.GetProperty("provider").GetString());
        Assert.True(File.Exists(Checkout.PathTo(infra.GetProperty("path").GetString()!, infra.GetProperty("module").GetString() + ".bicep")));
        var service = azd.GetProperty("services").GetProperty("scoring");
        Assert.Equal("function", service.GetProperty("host").GetString());
        Assert.Equal(global::Hooks.PackageHook.Folder, service.GetProperty("dist").GetString());
    }

    [NodeFact]
    public void Azd_OfHooks_AreTheSameOnEverySystem()
    {
        var azd = Read("azure.yaml");
        var hooks = azd.GetProperty("hooks").EnumerateObject().Concat(azd.GetProperty("services").GetProperty("scoring").GetProperty("hooks").EnumerateObject()).ToArray();

        Assert.Equal(["postdeploy", "postprovision", "predeploy", "prepackage"], hooks.Select(hook => hook.Name).Order());
        Assert.All(hooks, hook =>
        {
            Assert.Equal("sh", hook.Value.GetProperty("posix").GetProperty("shell").GetString());
            Assert.Equal("pwsh", hook.Value.GetProperty("windows").GetProperty("shell").GetString());
            Assert.Equal(hook.Value.GetProperty("posix").GetProperty("run").GetString(), hook.Value.GetProperty("windows").GetProperty("run").GetString());
        });
    }

    private static JsonElement Read(params string[] path) => NodeTools.Ask<JsonElement>(new { tool = "readYaml", file = Checkout.PathTo(path) });
}
