using System.IO.Compression;
using System.Text.Json;
using ModelTool.Training.Fitting;
using Samples.Topics;
using TestCommon;

namespace Scoring.Tests.Tooling.Training;

/// <summary>Descriptions of Debian packages as files to train on. The packages of one source, which are often described alike, stay on one side of every split.</summary>
internal static class DebianTexts
{
    /// <summary>Where they are, under <c>../shared</c>.</summary>
    public const string Data = "data/debian_topics.jsonl.gz";

    private const ulong Seed = 63440;

    /// <summary>Of the sixteen sections that the sample <c>topics</c> tells apart: <c>summary</c>, <c>text</c>, <c>section</c>, <c>source</c> and <c>side</c>; two fifths of the sources are to measure on.</summary>
    public static void WriteTopics(string path) =>
        Write(path, Topics(), source => new { source.Summary, source.Text, source.Section, source.Source, Side = source.Draw < 0.4 ? "test" : source.Draw < 0.5 ? "validation" : "train" });

    /// <summary>Summaries alone, seven words on average, of every section: at most so many of each, the rest left out by chance. A quarter of the sources is to measure on.</summary>
    public static void WriteSummaries(string path, int each)
    {
        Row[] rows = [.. Rows(_ => true)];
        new SeededRandom(Seed).Shuffle<Row>(rows);
        var kept = rows.GroupBy(row => row.Section).OrderBy(section => section.Key, StringComparer.Ordinal).SelectMany(section => section.Take(each));
        Write(path, kept, source => new { source.Summary, source.Section, source.Source, Side = source.Draw < 0.25 ? "test" : source.Draw < 0.35 ? "validation" : "train" });
    }

    /// <summary>The table of docs/train.md: <c>body</c>, <c>section</c> and <c>source</c> of the sections that the sample <c>topics</c> tells apart.</summary>
    public static void WriteCsv(string path) =>
        File.WriteAllLines(path, Topics().Select(row => $"{Quoted($"{row.Summary}\n{row.Text}")},{row.Section},{row.Source}").Prepend("body,section,source"));

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Write(string path, IEnumerable<Row> rows, Func<Row, object> shown) =>
        File.WriteAllLines(path, rows.Select(row => JsonSerializer.Serialize(shown(row), JsonSerializerOptions.Web)));

    private static IEnumerable<Row> Topics() => Rows(section => Topic.IndexOf(section) >= 0);

    private static IEnumerable<Row> Rows(Func<string, bool> isWanted)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Checkout.SharedPathTo(Data)), CompressionMode.Decompress));
        var (random, draws) = (new SeededRandom(Seed), new Dictionary<string, double>());
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            string Get(string name) => row.RootElement.GetProperty(name).GetString()!;
            if (!isWanted(Get("section")))
            {
                continue;
            }

            if (!draws.TryGetValue(Get("source"), out var draw))
            {
                draw = draws[Get("source")] = random.NextDouble();
            }

            yield return new Row(Get("summary"), Get("text"), Get("section"), Get("source"), draw);
        }
    }

    private sealed record Row(string Summary, string Text, string Section, string Source, double Draw);
}
