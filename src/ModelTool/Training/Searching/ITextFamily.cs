using ModelTool.Quantizing;
using ModelTool.Training.Packaging;

namespace ModelTool.Training.Searching;

/// <summary>Candidates of one kind: found by the same search, of different sizes.</summary>
internal interface ITextFamily
{
    /// <summary>As the table calls it, and its largest candidate.</summary>
    string Name { get; }

    /// <summary>What the search chooses from.</summary>
    IReadOnlyList<FitSetting> Settings { get; }

    /// <summary>How its models are made smaller.</summary>
    QuantizationMode Smaller { get; }

    /// <summary>Fits a setting to some rows and measures it on others.</summary>
    TrialFound Try(FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> validation, CancellationToken cancellationToken);

    /// <summary>Fits its candidates, the largest first.</summary>
    IEnumerable<TextCandidate> Make(FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken);

    /// <summary>Makes one of its candidates anew of fewer rows, vocabulary included, and gives the probabilities of others.</summary>
    /// <param name="name">The candidate's.</param>
    /// <param name="setting">How.</param>
    /// <param name="rows">The rows to fit to.</param>
    /// <param name="held">The rows to score.</param>
    /// <param name="cancellationToken">Ends it.</param>
    float[][] Held(string name, FitSetting setting, IReadOnlyList<int> rows, IReadOnlyList<int> held, CancellationToken cancellationToken);

    /// <summary>Makes one of its candidates anew of more rows.</summary>
    /// <param name="name">The candidate's.</param>
    /// <param name="setting">How.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    PackageDraft Remake(string name, FitSetting setting, IReadOnlyList<int> rows, CancellationToken cancellationToken);
}
