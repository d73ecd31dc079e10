using Scoring.Calibration;

namespace Scoring.Outcomes.Reading;

/// <summary>The outcomes of one content of one version.</summary>
internal sealed class OutcomeGroup(string version, string content, OutcomeTask task, bool withProbabilities)
{
    /// <summary>The version's number.</summary>
    public string Version { get; } = version;

    /// <summary>First bytes of its content hash, in hex: a number that a repository gives anew has another content.</summary>
    public string Content { get; } = content;

    /// <summary>What the model does.</summary>
    public OutcomeTask Task { get; } = task;

    /// <summary>One row a receipt.</summary>
    public OutcomeTable Rows { get; } = new(withProbabilities);

    /// <summary>The predictions beside what came true.</summary>
    public JudgedPrediction[] ToJudged() => Arrays.Make(Rows.Count, index => Rows[index].Judged);

    /// <summary>How far a regression was off; null where there is no outcome.</summary>
    public RegressionFigures? ToRegression()
    {
        var (weight, error, distance, squares) = (0.0, 0.0, 0.0, 0.0);

        // In the order of the receipts: sums are the same however the files were read.
        var order = Arrays.Make(Rows.Count, index => index);
        Array.Sort(Arrays.Make(Rows.Count, index => Rows[index].Nonce), order);
        foreach (var index in order)
        {
            ref var row = ref Rows[index];
            weight += row.Judged.Weight;
            error += row.Judged.Weight * row.Error;
            distance += row.Judged.Weight * Math.Abs(row.Error);
            squares += row.Judged.Weight * row.Error * row.Error;
        }

        return Rows.Count == 0 ? null : new RegressionFigures(Rows.Count, weight, error / weight, distance / weight, Math.Sqrt(squares / weight));
    }
}
