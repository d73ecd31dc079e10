using System.Text.RegularExpressions;
using Scoring.Batch;

namespace InfraTests.Checks;

/// <summary>Containers and queues of the deployment are those that the app uses: its identity may create none.</summary>
public class StorageTests
{
    private static readonly string Source = File.ReadAllText(Path.Combine(BicepCompiler.Folder, "modules", "storage.bicep"));

    [Fact]
    public void Queues_Deployed_AreThoseOfTheAppWithTheirPoisonQueues() => Assert.Equal(
        [BatchNames.Requests, BatchNames.Requests + "-poison", BatchNames.Steps, BatchNames.PoisonSteps, BatchNames.FirstSteps, BatchNames.PoisonFirstSteps, BatchNames.Outcomes, BatchNames.Outcomes + "-poison"],
        ListAfter("resource all 'queues' ="));

    [Fact]
    public void Containers_Deployed_HoldThoseOfJobs()
    {
        var deployed = ListAfter("resource containers 'containers' =").ToArray();

        Assert.Equal(["inputs", "scores", "jobs", "verdicts", "outcomes", "captures"], deployed);
        Assert.Contains(BatchNames.Jobs, deployed);
        Assert.Contains(BatchNames.Scores, deployed);
    }

    [Fact]
    public void Lifecycle_OfJobsAndScores_EndsThem()
    {
        Assert.Contains($"'{BatchNames.Jobs}/'", Source, StringComparison.Ordinal);
        Assert.Contains($"'{BatchNames.Scores}/'", Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Triggers_OfTheApp_ReadDeployedQueues()
    {
        var triggered = Directory.EnumerateFiles(Checkout.PathTo("src", "Triggers"), "*.cs").SelectMany(file => Regex.Matches(File.ReadAllText(file), @"QueueTrigger\(BatchNames\.(\w+)"))
            .Select(match => (string)typeof(BatchNames).GetField(match.Groups[1].Value)!.GetRawConstantValue()!).ToArray();

        Assert.NotEmpty(triggered);
        Assert.Empty(triggered.Except(ListAfter("resource all 'queues' =")));
    }

    private static IEnumerable<string> ListAfter(string declaration)
    {
        var list = Source[Source.IndexOf(declaration, StringComparison.Ordinal)..];
        list = list[list.IndexOf(" in [", StringComparison.Ordinal)..];
        return Regex.Matches(list[..list.IndexOf(']', StringComparison.Ordinal)], "'([a-z-]+)'").Select(match => match.Groups[1].Value);
    }
}
