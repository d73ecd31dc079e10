using System.Globalization;
using System.Text;

namespace ModelTool.Calibrating;

/// <summary>Draws how often the most probable label was right, by its probability: before and after, and the diagonal where both agree.</summary>
internal static class ReliabilityDiagram
{
    private const int Side = 400;
    private const int Margin = 50;

    /// <summary>An SVG picture.</summary>
    public static string Draw(ScoredRows before, ScoredRows after, string title)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Side + (2 * Margin)} {Side + (2 * Margin)}" font-family="sans-serif" font-size="12">
            <title>{System.Security.SecurityElement.Escape(title)}</title>
            <rect width="100%" height="100%" fill="white"/>
            <rect x="{Margin}" y="{Margin}" width="{Side}" height="{Side}" fill="none" stroke="#888"/>
            <line x1="{Margin}" y1="{Margin + Side}" x2="{Margin + Side}" y2="{Margin}" stroke="#888" stroke-dasharray="4 4"/>
            <text x="{Margin}" y="30" font-size="14">{System.Security.SecurityElement.Escape(title)}</text>
            <text x="{Margin + (Side / 2)}" y="{Side + Margin + 35}" text-anchor="middle">probability of the most probable label</text>
            <text x="15" y="{Margin + (Side / 2)}" text-anchor="middle" transform="rotate(-90 15 {Margin + (Side / 2)})">how often it happened</text>

            """);
        for (var tick = 0; tick <= 4; tick++)
        {
            var share = tick / 4.0;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(share):0.#}\" y=\"{Margin + Side + 18}\" text-anchor=\"middle\">{share:0.00}</text><text x=\"{Margin - 6}\" y=\"{Y(share) + 4:0.#}\" text-anchor=\"end\">{share:0.00}</text>\n");
        }

        Series(svg, before, "#c0392b", "before", 0);
        Series(svg, after, "#2471a3", "after", 1);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Series(StringBuilder svg, ScoredRows rows, string colour, string name, int place)
    {
        var (confidences, correct) = CalibrationQuality.Top(rows);
        var bins = Enumerable.Range(0, rows.Count).GroupBy(row => CalibrationQuality.BinOf(confidences[row])).OrderBy(bin => bin.Key)
            .Select(bin => (Mean: bin.Average(row => confidences[row]), Right: bin.Average(row => correct[row] ? 1.0 : 0), Count: bin.Count())).ToArray();
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', bins.Select(bin => string.Create(CultureInfo.InvariantCulture, $"{X(bin.Mean):0.#},{Y(bin.Right):0.#}")))}\"/>\n");
        foreach (var bin in bins)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(bin.Mean):0.#}\" cy=\"{Y(bin.Right):0.#}\" r=\"{2 + (6 * Math.Sqrt((double)bin.Count / rows.Count)):0.#}\" fill=\"{colour}\"><title>{name}: {bin.Count} rows, mean probability {bin.Mean:0.000}, right {bin.Right:0.000}</title></circle>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Margin + 20}\" cy=\"{Margin + 20 + (20 * place)}\" r=\"5\" fill=\"{colour}\"/><text x=\"{Margin + 30}\" y=\"{Margin + 24 + (20 * place)}\">{name}</text>\n");
    }

    private static double X(double share) => Margin + (share * Side);

    private static double Y(double share) => Margin + ((1 - share) * Side);
}
