using System.Globalization;
using System.Text;

namespace Samples.TopicsNgrams;

/// <summary>The README's table and its answer.</summary>
public static class Figures
{
    /// <summary>Name of the README's generated block.</summary>
    public const string Block = "figures";

    public static string Render(IReadOnlyList<CurvePoint> points, IReadOnlyList<Timing> timings)
    {
        var chosen = Choice.Of(points);
        var best = points.MaxBy(point => point.ValidationAccuracy)!;
        var heldOut = points.Where(point => point.Accuracy >= Choice.Share * best.Accuracy).MinBy(point => point.Bytes)!;
        var text = new StringBuilder("""
            | terms | vocabulary | accuracy, held out | bytes | tokens per text | tokenizer, µs | tokenizer and model, µs |
            | --- | --- | --- | --- | --- | --- | --- |

            """);
        foreach (var point in points)
        {
            var timing = timings.Single(timing => timing.Set == point.Set && timing.Terms == point.Terms);
            var mark = point == chosen ? "**" : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {mark}{point.Set}{mark} | {point.Terms:N0} | {point.Accuracy:P1} | {point.Bytes:N0} | {point.TokensPerText:0} | {timing.Tokenize:0.0} | {timing.Score:0.0} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

            What does 95 % of the accuracy cost? The best model by the validation texts ({best.Set}, {best.Terms:N0} terms) puts {best.Accuracy:P1} of the held-out texts right with {best.Bytes:N0} bytes. The smallest that keeps 95 % of
            its validation accuracy ({chosen.Set}, {chosen.Terms:N0} terms) puts {chosen.Accuracy:P1} right with {chosen.Bytes:N0} bytes: {chosen.Accuracy / best.Accuracy:P1} of the accuracy for {(double)chosen.Bytes / best.Bytes:P1} of the bytes. It is the one in `package/`.
            On the held-out texts themselves 95 % takes {heldOut.Bytes:N0} bytes ({heldOut.Set}, {heldOut.Terms:N0} terms, {heldOut.Accuracy:P1}).
            """);
        return text.ToString().Trim('\n');
    }
}
