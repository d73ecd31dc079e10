namespace ModelTool.Training.Searching;

/// <summary>
/// Chooses a setting by successive halving (Jamieson and Talwalkar, 2016): all are tried on a quarter of the training texts, the better half of them on half, and what is left on
/// all. Texts are what a trial pays with.
/// </summary>
internal static class TextHalving
{
    private static readonly double[] Shares = [0.25, 0.5, 1];

    /// <summary>Runs the rounds.</summary>
    /// <param name="settings">What to choose from.</param>
    /// <param name="evaluate">Fits a setting to a share of the training texts and measures it.</param>
    /// <returns>The best, and how it did on each share.</returns>
    public static (FitSetting Setting, IReadOnlyList<(double Share, TrialFound Found)> Curve) Search(IReadOnlyList<FitSetting> settings, Func<FitSetting, double, TrialFound> evaluate)
    {
        var curves = settings.ToDictionary(setting => setting, _ => new List<(double Share, TrialFound Found)>());
        var left = settings;
        foreach (var share in Shares)
        {
            foreach (var setting in left)
            {
                curves[setting].Add((share, evaluate(setting, share)));
            }

            var ranked = left.OrderByDescending(setting => curves[setting][^1].Found.Quality).ThenBy(setting => curves[setting][^1].Found.LogLoss);
            left = [.. ranked.Take((left.Count + 1) / 2)];
        }

        return (left[0], curves[left[0]]);
    }
}
