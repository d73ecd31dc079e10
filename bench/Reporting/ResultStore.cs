using System.Text.Encodings.Web;
using System.Text.Json;

using Scoring.Bench.Measuring;
namespace Scoring.Bench.Reporting;

/// <summary>The results of the latest runs, one file a benchmark, and those that were recorded for readers.</summary>
internal static class ResultStore
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where each run writes; git ignores it, so that who only measures changes nothing of the project.</summary>
    public static string Folder => Path.Combine(Rounds.Checkout(), ".dev", "bench");

    private static string RecordFolder => Path.Combine(Rounds.Checkout(), "bench", "results");

    public static void Save(BenchmarkResult result)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, $"{result.Name}.json"), JsonSerializer.Serialize(result, Json) + "\n");
    }

    /// <summary>Records what some benchmarks wrote, their drawings included.</summary>
    public static void Record(IReadOnlyCollection<string> names)
    {
        foreach (var file in Directory.GetFiles(Folder).Where(file => names.Contains(Path.GetFileNameWithoutExtension(file))))
        {
            File.Copy(file, Path.Combine(RecordFolder, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>Every result that was recorded, by name.</summary>
    public static IReadOnlyList<BenchmarkResult> Recorded() =>
        [.. Directory.GetFiles(RecordFolder, "*.json").Order(StringComparer.Ordinal).Select(file => JsonSerializer.Deserialize<BenchmarkResult>(File.ReadAllText(file), Json)!)];
}
