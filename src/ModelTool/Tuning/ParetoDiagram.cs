using System.Globalization;
using System.Text;

namespace ModelTool.Tuning;

/// <summary>Draws every setting by its 99th percentile and its capacity, both on logarithmic axes: the front as a line, the promise as another.</summary>
internal static class ParetoDiagram
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Margin = 70;

    /// <summary>An SVG picture.</summary>
    public static string Draw(TuneReport report, string title)
    {
        var shown = report.All.Where(found => found.Latency is not null).ToList();
        var slo = report.SloMilliseconds * 1000;
        var across = Axis.Over(shown.Select(found => found.P99Microseconds).Append(slo), Margin, Margin + Width);
        var up = Axis.Over(shown.Select(found => found.Capacity), Margin + Height, Margin);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width + (2 * Margin)} {Height + (2 * Margin)}" font-family="sans-serif" font-size="12">
            <title>{Escape(title)}</title>
            <rect width="100%" height="100%" fill="white"/>
            <rect x="{Margin}" y="{Margin}" width="{Width}" height="{Height}" fill="none" stroke="#888"/>
            <text x="{Margin}" y="35" font-size="14">{Escape(title)}</text>
            <text x="{Margin + (Width / 2)}" y="{Height + Margin + 45}" text-anchor="middle">99th percentile of a run</text>
            <text x="18" y="{Margin + (Height / 2)}" text-anchor="middle" transform="rotate(-90 18 {Margin + (Height / 2)})">rows a second</text>
            <line x1="{across.At(slo):0.#}" y1="{Margin}" x2="{across.At(slo):0.#}" y2="{Margin + Height}" stroke="#c0392b" stroke-dasharray="4 4"/>
            <text x="{across.At(slo) - 4:0.#}" y="{Margin - 6}" text-anchor="end" fill="#c0392b">SLO {Verbs.Figures.Duration(slo)}</text>

            """);
        foreach (var tick in across.Ticks())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{across.At(tick):0.#}\" y=\"{Margin + Height + 18}\" text-anchor=\"middle\">{Verbs.Figures.Duration(tick)}</text>\n");
        }

        foreach (var tick in up.Ticks())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 6}\" y=\"{up.At(tick) + 4:0.#}\" text-anchor=\"end\">{Verbs.Figures.Count(tick)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"#2471a3\" stroke-width=\"2\" points=\"{string.Join(' ', report.Front.Select(found => string.Create(CultureInfo.InvariantCulture, $"{across.At(found.P99Microseconds):0.#},{up.At(found.Capacity):0.#}")))}\"/>\n");
        foreach (var found in shown)
        {
            var isChosen = found == report.Chosen;
            var colour = isChosen ? "#1e8449" : report.Front.Contains(found) ? "#2471a3" : "#aaa";
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{across.At(found.P99Microseconds):0.#}\" cy=\"{up.At(found.Capacity):0.#}\" r=\"{(isChosen ? 7 : 4)}\" fill=\"{colour}\"><title>{Escape(found.Setting.ToString())}: p99 {Verbs.Figures.Duration(found.P99Microseconds)}, {Verbs.Figures.Count(found.Capacity)} rows/s</title></circle>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string? Escape(string text) => System.Security.SecurityElement.Escape(text);

    private sealed record Axis(double Low, double High, double From, double To)
    {
        public static Axis Over(IEnumerable<double> values, double from, double to)
        {
            var logs = values.Select(Math.Log10).ToList();
            var (low, high) = (logs.Min(), logs.Max());
            return new(low - 0.1, Math.Max(high, low + 0.1) + 0.1, from, to);
        }

        public double At(double value) => From + ((Math.Log10(value) - Low) / (High - Low) * (To - From));

        public IEnumerable<double> Ticks() => Enumerable.Range((int)Math.Ceiling(Low), Math.Max(0, (int)Math.Floor(High) - (int)Math.Ceiling(Low) + 1)).Select(power => Math.Pow(10, power));
    }
}
