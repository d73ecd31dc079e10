using System.Globalization;
using System.Text.Json;

namespace InfraTests.Checks;

/// <summary>The figures of docs/figures.md are those that were measured last: bench/results holds them.</summary>
public class FigureTableTests
{
    [Fact]
    public void Document_TableOfFigures_IsWhatTheResultsSay() => Assert.Equal(InResults().Order(StringComparer.Ordinal), InDocument().Order(StringComparer.Ordinal));

    private static IEnumerable<string> InDocument() =>
        File.ReadLines(Checkout.PathTo("docs", "figures.md"))
            .SkipWhile(line => line != "<!-- figures -->").Skip(3)
            .TakeWhile(line => line != "<!-- /figures -->")
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[6].Trim('`')}: {cells[1]}: {cells[2]}: {cells[3]}: {cells[5].Split(',')[0]}");

    private static IEnumerable<string> InResults()
    {
        foreach (var file in Directory.GetFiles(Checkout.PathTo("bench", "results"), "*.json"))
        {
            using var result = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var figure in result.RootElement.GetProperty("figures").EnumerateArray().Where(figure => figure.GetProperty("aim").ValueKind == JsonValueKind.Object))
            {
                var what = figure.GetProperty("what").GetString() + (figure.GetProperty("onLocalHost").GetBoolean() ? " (local host)" : "");
                var beside = figure.GetProperty("beside").GetString()!.Replace("](bench/", "](../bench/", StringComparison.Ordinal);
                var measured = Number(figure.GetProperty("value").GetDouble()) + figure.GetProperty("unit").GetString();
                yield return $"{result.RootElement.GetProperty("name").GetString()}: {what}: {beside}: {measured}: {(figure.GetProperty("isMet").GetBoolean() ? "yes" : "no")}";
            }
        }
    }

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,##0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
