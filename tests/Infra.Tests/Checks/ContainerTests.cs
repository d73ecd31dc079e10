using System.Text.Json;
using Scoring.Batch;

namespace InfraTests.Checks;

/// <summary>infra/container: the deployment on Azure Container Apps, which never ran.</summary>
public class ContainerTests
{
    private static readonly string Folder = Checkout.PathTo("infra", "container");

    [BicepFact]
    public void Compile_Container_GivesNoErrorAndNoWarning()
    {
        var compiled = BicepCompiler.Compile(Path.Combine(Folder, "main.bicep"));

        Assert.Empty(compiled.Diagnostics);
        Assert.True(compiled.Success);
    }

    [BicepTheory]
    [InlineData("main.bicep")]
    [InlineData("app.bicep")]
    public void Format_Container_IsLaidOutAlready(string name)
    {
        var file = Path.Combine(Folder, name);

        Assert.Equal(BicepCompiler.Format(file), File.ReadAllText(file));
    }

    [BicepFact]
    public void IdentityAudience_OfTheContainer_SetsWhatTheFunctionAppGetsToo()
    {
        using var template = JsonDocument.Parse(BicepCompiler.Compile(Path.Combine(Folder, "app.bicep")).Contents!);

        var settings = template.RootElement.GetProperty("variables").GetProperty("identitySettings").GetString()!;

        Assert.All(
            Deployed.With(new { identityAudience = "a-client-id" }).Settings.Keys.Where(name => name.StartsWith("Scoring__Identity__", StringComparison.Ordinal)),
            name => Assert.Contains($"'{name}'", settings, StringComparison.Ordinal));
    }

    [BicepFact]
    public void Scaling_OfTheContainer_KnowsTheQueueOfEachFunction()
    {
        using var template = JsonDocument.Parse(BicepCompiler.Compile(Path.Combine(Folder, "app.bicep")).Contents!);

        var queues = template.RootElement.GetProperty("variables").GetProperty("queues").EnumerateArray().Select(queue => queue.GetString()!);

        string[] expected = [BatchNames.Requests, BatchNames.Steps, BatchNames.FirstSteps, BatchNames.PoisonSteps, BatchNames.PoisonFirstSteps, BatchNames.Outcomes];
        Assert.Equal(expected.Order(), queues.Order());
    }
}
