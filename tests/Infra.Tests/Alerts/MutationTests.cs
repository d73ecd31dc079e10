namespace InfraTests.Alerts;

/// <summary>
/// Each number of each rule, in its query, its threshold, severity, window and frequency, is edited by a step up and a step down, and each comparison gets or loses
/// its bound: some scenario must fire otherwise then. What this does not notice, no test of the alerts would notice either.
/// </summary>
public class MutationTests
{
    public static TheoryData<string> Rules => [.. Scenarios.All.Select(scenario => scenario.Rule).Distinct()];

    [BicepTheory(node: true)]
    [MemberData(nameof(Rules))]
    public void Play_AnyNumberOrBoundOfARuleEdited_FiresOtherwise(string rule)
    {
        var mutations = Simulation.Mutate(rule);

        Assert.InRange(mutations.Edits, 6, int.MaxValue);
        Assert.True(mutations.Unnoticed.Count == 0, string.Join('\n', mutations.Unnoticed));
    }
}
