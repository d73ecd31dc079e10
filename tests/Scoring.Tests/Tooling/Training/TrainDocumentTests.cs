using System.Text.RegularExpressions;
using Samples.Training;
using TestCommon;
using Xunit.Abstractions;

namespace Scoring.Tests.Tooling.Training;

/// <summary>docs/train.md shows what the tool says of real texts. With UPDATE_SNAPSHOTS=1 the proof writes it anew.</summary>
public sealed partial class TrainDocumentTests(ITestOutputHelper output) : IDisposable
{
    private const string Block = "train";

    private static readonly string Document = Checkout.PathTo("docs", "train.md");

    // A line of its own in the block, as somebody types it.
    private static readonly string[] Arguments = ["train", "texts.csv", "--text", "body", "--label", "section", "--group", "source", "--out", "topics"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Document_ItsOutput_IsOfTheCommandThatTheProofRuns() =>
        Assert.StartsWith($"```\n$ ./dev model {string.Join(' ', Arguments)}\n", ReadmeBlock.Read(File.ReadAllText(Document), Block), StringComparison.Ordinal);

    [SharedDataFact(DebianTexts.Data)]
    [Trait("Category", "Proof")]
    public async Task Train_TheTextsOfTheDocument_SaysWhatTheDocumentShows()
    {
        DebianTexts.WriteCsv(folder.PathTo("texts.csv"));

        var run = await ToolRun.Of([.. Arguments.Select(argument => argument is "texts.csv" or "topics" ? folder.PathTo(argument) : argument)]);

        Assert.True(run.ExitCode == 0, run.Errors);

        // What goes on stands there every half minute, and is no part of what came of it.
        var warnings = run.Errors.Split('\n').Where(line => line.StartsWith("Warning: ", StringComparison.Ordinal));
        var said = string.Join('\n', (string[])[$"$ ./dev model {string.Join(' ', Arguments)}", .. warnings, run.Output.TrimEnd()]).Replace($"{folder.Root}/", "", StringComparison.Ordinal);
        var shown = $"```\n{string.Join('\n', said.Split('\n').Select(line => line.TrimEnd()))}\n```";
        output.WriteLine(shown);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") is "1")
        {
            await File.WriteAllTextAsync(Document, ReadmeBlock.Replace(await File.ReadAllTextAsync(Document), Block, shown));
        }

        Assert.Equal(WithoutTimes(ReadmeBlock.Read(await File.ReadAllTextAsync(Document), Block)), WithoutTimes(shown));
    }

    // Times are the machine's mood, and move the columns.
    private static string WithoutTimes(string text) => Blanks().Replace(Times().Replace(text, "…"), " ");

    [GeneratedRegex(@"[\d.,]+ (µs|ms|times the time)")]
    private static partial Regex Times();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
