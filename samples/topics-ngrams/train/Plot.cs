using System.Globalization;
using System.Text;

namespace Samples.TopicsNgrams;

/// <summary>Accuracy against bytes, a line per set of terms: plot.svg.</summary>
public static class Plot
{
    private const double Left = 72, Top = 20, Width = 620, Height = 320;
    private const double MinBytes = 3e4, MaxBytes = 1e7;
    private const double MinAccuracy = 0.7, MaxAccuracy = 0.85;

    private static readonly string[] Colours = ["#0b6e99", "#b3541e", "#4d7c0f"];

    public static string Render(IReadOnlyList<CurvePoint> points)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Width + 20} {Top + Height + 60}" font-family="sans-serif" font-size="12">
            <title>Accuracy on held-out texts against package bytes</title>
            <rect width="100%" height="100%" fill="white"/>

            """);
        for (var percent = 70; percent <= 85; percent += 5)
        {
            var y = Y(percent / 100.0);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y:0.0}H{Left + Width}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{percent} %</text>\n");
        }

        foreach (var (bytes, label) in ((double, string)[])[(1e5, "100 kB"), (1e6, "1 MB"), (1e7, "10 MB")])
        {
            var x = X(bytes);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:0.0} {Top}V{Top + Height}\" stroke=\"#ddd\"/><text x=\"{x:0.0}\" y=\"{Top + Height + 18}\" text-anchor=\"middle\">{label}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 42}\" text-anchor=\"middle\">bytes of model.onnx and vocabulary.txt</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"{Top + (Height / 2)}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {Top + (Height / 2)})\">top-1 accuracy, held out</text>\n");
        AddLines(svg, points);
        return svg.Append("</svg>\n").ToString();
    }

    private static void AddLines(StringBuilder svg, IReadOnlyList<CurvePoint> points)
    {
        var chosen = Choice.Of(points);
        foreach (var (set, index) in TermSet.All.Select((set, index) => (set, index)))
        {
            var line = points.Where(point => point.Set == set.Name).OrderBy(point => point.Bytes).ToArray();
            var path = string.Join(' ', line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Bytes):0.0},{Y(point.Accuracy):0.0}")));
            var colour = Colours[index];
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            foreach (var point in line)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(point.Bytes):0.0}\" cy=\"{Y(point.Accuracy):0.0}\" r=\"{(point == chosen ? 7 : 3)}\" fill=\"{colour}\"/>\n");
            }

            var y = Top + Height - 60 + (20 * index);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left + Width - 200} {y}h24\" stroke=\"{colour}\" stroke-width=\"2\"/><text x=\"{Left + Width - 168}\" y=\"{y + 4}\">{set.Name}</text>\n");
        }
    }

    private static double X(double bytes) => Left + (Width * Math.Log(bytes / MinBytes) / Math.Log(MaxBytes / MinBytes));

    private static double Y(double accuracy) => Top + (Height * (MaxAccuracy - accuracy) / (MaxAccuracy - MinAccuracy));
}
