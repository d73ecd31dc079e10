using ModelTool.Calibrating;

namespace ModelTool.Quantizing;

/// <summary>What a changed model is held to on labelled rows: accuracy, log loss and calibration error, each with how sure the change is.</summary>
internal static class LabelledLimits
{
    /// <summary>The limits with what was found; none without labelled rows.</summary>
    public static IEnumerable<Limit> Of((CalibrationQuality Original, CalibrationQuality Changed)? labelled, QuantizationBounds bounds)
    {
        if (labelled is not var (original, changed))
        {
            yield break;
        }

        // The same rows in both, unless one of the models refuses some.
        var isPaired = original.Rows.Labels.SequenceEqual(changed.Rows.Labels);
        yield return Tell(Limit.AtMost("accuracy lost", original.Accuracy - changed.Accuracy, bounds.AccuracyLost), isPaired ? PairedInterval.OfAccuracyLost(original.Rows, changed.Rows) : null);
        yield return Tell(Limit.AtMost("log loss risen", changed.LogLoss - original.LogLoss, bounds.LogLossRisen), isPaired ? PairedInterval.OfLogLossRisen(original.Rows, changed.Rows) : null);
        yield return Tell(Limit.AtMost("ECE risen", changed.Ece - original.Ece, bounds.EceRisen), isPaired ? PairedInterval.OfEceRisen(original.Rows, changed.Rows) : null);
    }

    // Beyond the bound it fails, sure or not; what was too few rows to tell is said either way.
    private static Limit Tell(Limit limit, PairedInterval? interval) =>
        limit with { IsAccuracy = true, Says = interval?.Says(limit.Found, limit.Bound) ?? limit.Says };
}
