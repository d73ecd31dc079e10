using System.Text;
using System.Text.Json.Nodes;
using ModelTool.Measuring;
using ModelTool.Training.Texts;
using ModelTool.Verbs;
using Scoring.Repository;

namespace ModelTool.Training.Packaging;

/// <summary>golden.json: some test texts of different labels, and what a tokenizer may meet at its edges, with what the engine answers to them.</summary>
internal static class GoldenTexts
{
    private const int Count = 12;
    private const int LongBytes = 8 << 10;
    private const int ShortBytes = 1000;

    /// <summary>Writes it into a package.</summary>
    /// <param name="context">Where the engine runs.</param>
    /// <param name="folder">The package, its calibration in it.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="test">Which of them are the test's.</param>
    /// <param name="tolerance">How far another processor's numbers may be off.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WriteAsync(ToolContext context, string folder, TextSet texts, IReadOnlyList<int> test, double tolerance, CancellationToken cancellationToken)
    {
        (string Name, string Text)[] cases = [.. Examples(texts, test), .. Edges(texts, test)];
        var lines = cases.Select(entry => new JsonObject
        {
            ["name"] = entry.Name,
            ["instance"] = new JsonObject { [PackageDraft.Feature] = entry.Text },
            ["prediction"] = new JsonObject(),
        });
        var golden = new JsonObject { ["tolerance"] = tolerance, ["cases"] = new JsonArray([.. lines]) };
        await File.WriteAllTextAsync(Path.Combine(folder, ModelPackage.GoldenFile), golden.ToJsonString(), cancellationToken);
        await context.StepAsync<GoldenFound>(new GoldenStep(folder), "golden cases", cancellationToken);
    }

    // The first short text of each label, then further ones.
    private static IEnumerable<(string Name, string Text)> Examples(TextSet texts, IReadOnlyList<int> test)
    {
        var known = new HashSet<int>();
        return test.OrderBy(row => texts.Rows[row].Text.Length > ShortBytes)
            .ThenBy(row => !known.Add(texts.Rows[row].Labels.FirstOrDefault(-1)))
            .Take(Count)
            .Select((row, index) => ($"test text {index + 1}", Encoding.UTF8.GetString(texts.Rows[row].Text)));
    }

    private static IEnumerable<(string Name, string Text)> Edges(TextSet texts, IReadOnlyList<int> test)
    {
        var words = Encoding.UTF8.GetString(texts.Rows[test[0]].Text).Trim() + " ";
        yield return ("no text at all", "");
        yield return ("no word of the vocabulary", "Qwrtzpsdfg! 🙂");
        yield return ("a long text", string.Concat(Enumerable.Repeat(words, 1 + (LongBytes / words.Length))));
    }
}
