namespace Scoring.Repository;

/// <summary>A version that has a share of the requests beside the live one.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Steps">Its share in percent, one for each step; the last one stays.</param>
public sealed record RolloutArm(string Version, IReadOnlyList<double> Steps)
{
    /// <summary>Its share in percent at a step; 0 before the first.</summary>
    public double ShareAt(int step) => step < 0 ? 0 : Steps[Math.Min(step, Steps.Count - 1)];
}
