using System.Globalization;
using System.Text;

namespace Scoring.Bench.Reporting;

/// <summary>Curves of cost per row over rows per request, both axes logarithmic, as SVG that is legible on light and dark pages.</summary>
internal static class RowsCurve
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Margin = 56;
    private static readonly string[] Colours = ["#2a9d8f", "#e76f51", "#4f7cac"];

    public static string Draw(int[] rows, IReadOnlyList<(string Name, double[] Nanoseconds)> curves)
    {
        var low = Math.Floor(Math.Log10(curves.Min(curve => curve.Nanoseconds.Min())));
        var high = Math.Ceiling(Math.Log10(curves.Max(curve => curve.Nanoseconds.Max())));
        double X(int count) => Margin + ((Width - (2 * Margin)) * Math.Log(count) / Math.Log(rows[^1]));
        double Y(double power) => Height - Margin - ((Height - (2 * Margin)) * (power - low) / (high - low));

        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#888\">");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<title>Nanoseconds per row over rows per request</title>");
        for (var power = low; power <= high; power++)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Margin}\" x2=\"{Width - Margin}\" y1=\"{Y(power):F1}\" y2=\"{Y(power):F1}\" stroke=\"#888\" stroke-opacity=\"0.3\"/><text x=\"{Margin - 8}\" y=\"{Y(power) + 4:F1}\" text-anchor=\"end\">{Math.Pow(10, power):N0} ns</text>");
        }

        foreach (var count in rows)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{X(count):F1}\" y=\"{Height - Margin + 18}\" text-anchor=\"middle\">{count:N0}</text>");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">rows per request</text>");
        for (var index = 0; index < curves.Count; index++)
        {
            var (name, nanoseconds) = curves[index];
            var points = string.Join(' ', rows.Zip(nanoseconds, (count, time) => string.Create(CultureInfo.InvariantCulture, $"{X(count):F1},{Y(Math.Log10(time)):F1}")));
            svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colours[index % Colours.Length]}\" stroke-width=\"2\"/><text x=\"{Width - Margin - 8}\" y=\"{24 + (16 * index)}\" text-anchor=\"end\" fill=\"{Colours[index % Colours.Length]}\">{name}</text>");
        }

        return svg.AppendLine("</svg>").ToString();
    }
}
