using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Scoring.Bench.Measuring;

/// <summary>Real texts: package descriptions of ../shared where they are, otherwise the examples of samples/topics.</summary>
internal static class Descriptions
{
    /// <summary>Where they come from, and so many of them.</summary>
    public static (string Source, string[] Texts) Read(int count)
    {
        var checkout = Rounds.Checkout();
        var data = Path.Combine(checkout, "..", "shared", "data", "debian_topics.jsonl.gz");
        return File.Exists(data)
            ? ("package descriptions", [.. Lines(new GZipStream(File.OpenRead(data), CompressionMode.Decompress), "summary", "text").Take(count)])
            : ("the examples of samples/topics, over and over", [.. Enumerable.Repeat(Lines(File.OpenRead(Path.Combine(checkout, "samples", "topics", "examples.jsonl")), "text").ToArray(), count).SelectMany(texts => texts).Take(count)]);
    }

    private static IEnumerable<string> Lines(Stream stream, params string[] properties)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            yield return string.Join('\n', properties.Select(property => json.RootElement.GetProperty(property).GetString()));
        }
    }
}
