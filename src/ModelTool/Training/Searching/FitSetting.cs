using System.Text.Json.Serialization;
using ModelTool.Training.Fitting;
using ModelTool.Verbs;

namespace ModelTool.Training.Searching;

/// <summary>One way to fit a model.</summary>
/// <param name="Solver">What fits it.</param>
/// <param name="Strength">Of a regression: how much its texts count beside the pull of the weights towards zero; scikit-learn's C.</param>
/// <param name="Dropout">Chance that a term is left out of a step.</param>
/// <param name="Rate">First step size.</param>
/// <param name="Width">Of a network: length of a member's embeddings.</param>
internal sealed record FitSetting(FitSolver Solver, double Strength, double Dropout, float Rate, int Width)
{
    /// <summary>For linear models over terms. Dropout fits one label a text alone.</summary>
    public static IReadOnlyList<FitSetting> Linear(bool isMultilabel) =>
    [
        .. ((double[])[3, 10, 30, 100]).Select(Regression),
        .. isMultilabel ? Array.Empty<FitSetting>() : [WithDropout(0.3, 0.25f), WithDropout(0.5, 0.25f)],
    ];

    /// <summary>For heads over embeddings of length one.</summary>
    public static IReadOnlyList<FitSetting> Head { get; } = [.. ((double[])[3, 10, 30, 100, 300]).Select(Regression)];

    /// <summary>For the network of words.</summary>
    public static IReadOnlyList<FitSetting> Networks { get; } = [Network(0.1f, 8), Network(0.1f, 16), Network(0.2f, 8), Network(0.2f, 16)];

    /// <summary>The rest of a network's settings: those that the sample <c>topics</c> was tuned with.</summary>
    [JsonIgnore]
    public NetworkSettings NetworkSettings => new() { Rate = Rate, Width = Width };

    /// <inheritdoc/>
    public override string ToString() => Solver switch
    {
        FitSolver.Regression => Figures.Text($"regression, C {Strength}"),
        FitSolver.Dropout => Figures.Text($"dropout {Dropout}, rate {Rate}"),
        _ => Figures.Text($"network, width {Width}, rate {Rate}"),
    };

    private static FitSetting Regression(double strength) => new(FitSolver.Regression, strength, 0, 0, 0);

    private static FitSetting WithDropout(double dropout, float rate) => new(FitSolver.Dropout, 0, dropout, rate, 0);

    private static FitSetting Network(float rate, int width) => new(FitSolver.Network, 0, 0, rate, width);
}
