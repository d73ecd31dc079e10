using System.Globalization;
using System.Text;
using ModelTool.Verbs;

namespace ModelTool.Training;

/// <summary>Draws every candidate by its bytes, on a logarithmic axis, and its quality on the test texts: the front as a line, the one taken larger.</summary>
internal static class TrainDiagram
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Margin = 70;
    private const double Room = 0.15;

    /// <summary>An SVG picture.</summary>
    public static string Draw(IReadOnlyList<CandidateFound> found, CandidateFound taken, string measure, string title)
    {
        double low = Math.Log10(found.Min(candidate => candidate.Bytes)) - Room, high = Math.Log10(found.Max(candidate => candidate.Bytes)) + Room;
        double bottom = Math.Floor((found.Min(candidate => candidate.Test.Quality) * 50) - 0.5) / 50, top = Math.Ceiling((found.Max(candidate => candidate.Test.Quality) * 50) + 0.5) / 50;
        double X(CandidateFound candidate) => Margin + ((Math.Log10(candidate.Bytes) - low) / (high - low) * Width);
        double Y(double quality) => Margin + ((top - quality) / (top - bottom) * Height);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width + (2 * Margin)} {Height + (2 * Margin)}" font-family="sans-serif" font-size="12">
            <title>{Escape(title)}</title>
            <rect width="100%" height="100%" fill="white"/>
            <rect x="{Margin}" y="{Margin}" width="{Width}" height="{Height}" fill="none" stroke="#888"/>
            <text x="{Margin}" y="35" font-size="14">{Escape(title)}</text>
            <text x="{Margin + (Width / 2)}" y="{Height + Margin + 45}" text-anchor="middle">bytes of the package</text>
            <text x="18" y="{Margin + (Height / 2)}" text-anchor="middle" transform="rotate(-90 18 {Margin + (Height / 2)})">{measure} on the test texts</text>

            """);
        for (var power = (int)Math.Ceiling(low); power <= high; power++)
        {
            var x = Margin + ((power - low) / (high - low) * Width);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{Margin + Height + 18}\" text-anchor=\"middle\">{Math.Pow(10, power):#,0}</text>\n");
        }

        for (var quality = bottom; quality <= top + 1e-9; quality += 0.02)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Margin} {Y(quality):0.#}h{Width}\" stroke=\"#eee\"/><text x=\"{Margin - 6}\" y=\"{Y(quality) + 4:0.#}\" text-anchor=\"end\">{quality:0.00}</text>\n");
        }

        var front = found.Where(candidate => candidate.IsOnFront).OrderBy(candidate => candidate.Bytes).Select(candidate => Figures.Text($"{X(candidate):0.#},{Y(candidate.Test.Quality):0.#}"));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"#2471a3\" stroke-width=\"2\" points=\"{string.Join(' ', front)}\"/>\n");
        foreach (var candidate in found)
        {
            var colour = candidate == taken ? "#1e8449" : candidate.IsOnFront ? "#2471a3" : "#aaa";
            var (x, y) = (X(candidate), Y(candidate.Test.Quality));
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{(candidate == taken ? 7 : 4)}\" fill=\"{colour}\"><title>{candidate.Name}: {candidate.Test.Quality:0.0000}, {candidate.Bytes:#,0} bytes</title></circle>\n");
            if (candidate.IsOnFront || candidate == taken)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y - 10:0.#}\" text-anchor=\"middle\" fill=\"{colour}\">{candidate.Name}</text>\n");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string? Escape(string text) => System.Security.SecurityElement.Escape(text);
}
