namespace InfraTests.Alerts;

/// <summary>What happened, and which alerts that fires.</summary>
/// <param name="Rule">The rule whose numbers the scenario brackets.</param>
/// <param name="Fires">
/// Every alert that fires, one a line: the rule, its severity, the value of the dimension that it splits by if any, and the first and last minute of each stretch in
/// which it fires, such as <c>errors 1 intent 35-70 90-95</c>. Empty where none does.
/// </param>
/// <param name="Record">Records what happened.</param>
/// <param name="Parameters">Of the deployment, where they are not the defaults.</param>
internal sealed record Scenario(string Rule, string Name, string Fires, Action<Recording> Record, object? Parameters = null)
{
    private readonly Lazy<object> stream = new(() =>
    {
        using var recording = new Recording();
        Record(recording);
        return recording.Stream;
    });

    public object Stream => stream.Value;

    public override string ToString() => $"{Rule}: {Name}";
}
