using System.Text;
using ModelTool.Verbs;

namespace ModelTool.Training.Packaging;

/// <summary>README.md of a package: what it is, how good, and what else there was. It holds no times, so that the same texts and seed give the same bytes.</summary>
internal static class TrainReadme
{
    /// <summary>Name of the picture beside it.</summary>
    public const string Picture = "candidates.svg";

    public static string Render(TrainReport report, string file)
    {
        var text = new StringBuilder();
        text.Append(Figures.Text($"""
            # A model of texts

            It was trained by `model train` on {file}: {report.Labels:#,0} labels, {report.TrainTexts:#,0} texts to train on, {report.ValidationTexts:#,0} to choose and calibrate by, {report.TestTexts:#,0} to measure on, split {report.Split}.

            | on the {report.TestTexts:#,0} test texts | |
            | --- | --- |
            | {report.Measure} | {report.Final.Quality:P1} (95 %: {report.Final.Low:P1} to {report.Final.High:P1}) |
            | {report.Measure} of the most frequent label | {report.Majority:P1} |
            | calibration error, as fitted | {report.Final.EceBefore:0.0000} |
            | calibration error, calibrated ({report.Calibration}) | {report.Final.EceAfter:0.0000} |
            | calibration error that so many texts show of a perfect calibration | {report.Final.EceByChance:0.0000} |

            `{report.Taken}` was taken. All candidates, before they were fitted again to the texts that they were chosen by:

            ![{report.Measure} against bytes]({Picture})

            | candidate | fitted by | terms | bytes | {report.Measure} | calibration error | |
            | --- | --- | --- | --- | --- | --- | --- |

            """));
        foreach (var candidate in report.Candidates)
        {
            text.Append(Figures.Text($"| {candidate.Name} | {candidate.Setting} | {(candidate.Terms > 0 ? Figures.Count(candidate.Terms) : "")} | {candidate.Bytes:#,0} | {candidate.Test.Quality:P1} | {candidate.Test.EceAfter:0.0000} | {(candidate.Name == report.Taken ? "**taken**" : candidate.IsOnFront ? "front" : "")} |\n"));
        }

        foreach (var warning in report.Warnings)
        {
            text.Append($"\n- {warning}");
        }

        return text.Append(report.Warnings.Count > 0 ? "\n" : "").ToString();
    }
}
