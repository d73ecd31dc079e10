using System.Text.Encodings.Web;
using System.Text.Json;

using Scoring.Bench.Measuring;
namespace Scoring.Bench.Reporting;

/// <summary>The results of the latest runs, one file a benchmark.</summary>
internal static class ResultStore
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Folder => Path.Combine(Rounds.Checkout(), "bench", "results");

    public static void Save(BenchmarkResult result)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, $"{result.Name}.json"), JsonSerializer.Serialize(result, Json) + "\n");
    }

    /// <summary>Every result that was saved, by name.</summary>
    public static IReadOnlyList<BenchmarkResult> All() => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(file => JsonSerializer.Deserialize<BenchmarkResult>(File.ReadAllText(file), Json)!)]
        : [];
}
