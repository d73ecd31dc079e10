using System.Text.Json;

namespace InfraTests.Alerts;

/// <summary>What happened, played against the rules as they are deployed: each alert fires when it should, to the minute, and all others are silent.</summary>
public class ScenarioTests
{
    public static TheoryData<string> Names => [.. Scenarios.All.Select(scenario => scenario.ToString())];

    [BicepTheory(node: true)]
    [MemberData(nameof(Names))]
    public void Play_Scenario_FiresAsItSays(string name)
    {
        var scenario = Scenarios.All.Single(each => each.ToString() == name);

        Assert.Equal(string.Join('\n', scenario.Fires.Split('\n').Order(StringComparer.Ordinal)), Simulation.Play(scenario));
    }
}
