using System.Text;
using ModelTool.Training.Texts;
using Scoring.Batch.DuckDb;
using TestCommon;

namespace Scoring.Tests.Tooling.Training;

/// <summary>What a file of texts may be like, and what is said of one that cannot serve.</summary>
public sealed class TextSetTests : IDisposable
{
    private static readonly TextColumns Columns = new(["body"], "topic", null, null, null);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("body,topics\nhello,a\n", "has no column 'topic'; did you mean 'topics'? Its columns: body, topics.")]
    [InlineData("body,topic\n", "holds no text")]
    [InlineData("body,topic\nhello,\nworld,\n", "no row has a label: the column 'topic' is blank in 2 rows")]
    [InlineData("body,topic\nhello,a\nworld,a\n", "every text of 2 has the label 'a': with one label there is nothing to tell apart")]
    [InlineData("body,topic\nhello,a\nworld,b\n", "2 labelled texts are left; expected 20 or more")]
    [InlineData("body,topic\nhello, you,a\n", "found 3 fields, expected the header's 2")]
    public async Task From_AFileThatCannotServe_SaysWhy(string csv, string reason)
    {
        var fault = await Assert.ThrowsAsync<IOException>(() => ReadAsync("texts.csv", csv));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_AColumnOfAsManyValuesAsRows_AsksWhetherItIsTheLabel()
    {
        var fault = await Assert.ThrowsAsync<IOException>(() => ReadAsync("texts.csv", Csv(Enumerable.Range(0, 40).Select(row => ($"text {row}", $"{row}")))));

        Assert.Contains("the column 'topic' has 40 different values in 40 rows: is it the label?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_DoubtfulRows_AreCounted()
    {
        var rows = Enumerable.Range(0, 40).Select(row => ($"text number {row}", row % 2 == 0 ? "even" : "odd"))
            .Append(("", "odd")).Append(("   ", "odd")).Append(("no label", "")).Append(("rare", "seldom"))
            .Append(("text number 0", "odd")).Append((new string('x', 1 << 20), "odd"));

        var set = await ReadAsync("texts.csv", Csv(rows));

        Assert.Equal(43, set.Rows.Count);
        Assert.Equal(256 << 10, set.Rows[^1].Text.Length);
        Assert.Equal(
            [
                "2 rows without a text were left out.",
                "1 rows without a label in 'topic' were left out.",
                "1 texts have more than 256 KiB: what follows was not read.",
                "1 of 3 labels have fewer than 5 texts, too few to learn or to measure: 'seldom' (1).",
                "1 texts stand there more than once with different labels (2 rows): no model can get all of those right.",
            ],
            set.Warnings);
    }

    [Theory]
    [InlineData("texts.csv", "body,topic\r\n\"a \"\"quoted\"\", text\nof two lines\",x\r\n")]
    [InlineData("texts.csv", "body;topic\n\"a \"\"quoted\"\", text\nof two lines\";x\n")]
    [InlineData("texts.tsv", "body\ttopic\n\"a \"\"quoted\"\", text\nof two lines\"\tx\n")]
    [InlineData("texts.jsonl", "{\"body\":\"a \\\"quoted\\\", text\\nof two lines\",\"topic\":\"x\"}\n\n")]
    public async Task Open_EachKindOfText_GivesTheSameCells(string name, string content)
    {
        File.WriteAllText(folder.PathTo(name), content);

        var table = await TextTables.OpenAsync(folder.PathTo(name), new(), default);

        Assert.Equal([new Cell("a \"quoted\", text\nof two lines", null), new Cell("x", null)], Assert.Single(table.Read(["body", "topic"])));
    }

    [Fact]
    public async Task Open_Parquet_GivesTextsAndLists()
    {
        var path = folder.PathTo("texts.parquet");
        DuckDbBinding.Load(Path.Combine(AppContext.BaseDirectory, DuckDbLibrary.FileName));
        using (var connection = new DuckDbConnection())
        {
            connection.Query($"COPY (SELECT 'größer' AS body, ['a', 'b'] AS topics UNION ALL SELECT NULL, NULL) TO {DuckDbConnection.Literal(path)} (FORMAT parquet)");
        }

        var table = await TextTables.OpenAsync(path, new(), default);

        var rows = table.Read(["body", "topics"]).ToList();
        Assert.Equal("größer", rows[0][0].Text);
        Assert.Equal(["a", "b"], rows[0][1].Items);
        Assert.Equal(default, rows[1][1]);
    }

    [Fact]
    public async Task Of_ASplitThatIsGiven_IsKeptAndRepeatedTextsAreCounted()
    {
        var lines = Enumerable.Range(0, 60).Select(row => $"text {row},{(row % 2 == 0 ? "a" : "b")},{(row < 40 ? "train" : row < 50 ? "dev" : "test")}").Append("TEXT 3 ,b,test").Prepend("body,topic,part");

        var set = await ReadAsync("texts.csv", string.Join('\n', lines), Columns with { Split = "part" });
        var split = TextSplit.Of(set, Columns with { Split = "part" }, seed: 1);

        Assert.Equal((40, 10, 11), (split.Train.Length, split.Validation.Length, split.Test.Length));
        Assert.Equal(["1 of 11 test texts stand among those to train on or to choose by as well: the figures flatter."], split.Warnings);
    }

    [Fact]
    public async Task Of_NoSplitGiven_TakesEveryLabelByItsShareAndKeepsATextOnOneSide()
    {
        var rows = Enumerable.Range(0, 1000).Select(row => ($"text {row % 800}", row % 800 % 10 == 0 ? "rare" : "common"));

        var split = TextSplit.Of(await ReadAsync("texts.csv", Csv(rows)), Columns, seed: 1);

        Assert.InRange(split.Test.Length, 190, 210);
        Assert.InRange(split.Validation.Length, 190, 210);
        Assert.InRange(split.Test.Count(row => row % 800 % 10 == 0), 15, 25);
        int[][] sides = [split.Train, split.Validation, split.Test];
        Assert.Equal(800, sides.Sum(side => side.Select(row => row % 800).Distinct().Count()));
        Assert.Equal(["200 rows repeat a text; all rows of a text stand on one side of the split."], split.Warnings);
    }

    [Fact]
    public async Task Of_Groups_StandOnOneSide()
    {
        var lines = Enumerable.Range(0, 400).Select(row => $"text {row},{(row % 2 == 0 ? "a" : "b")},{row / 4}").Prepend("body,topic,customer");
        var columns = Columns with { Group = "customer" };

        var split = TextSplit.Of(await ReadAsync("texts.csv", string.Join('\n', lines), columns), columns, seed: 1);

        int[][] sides = [split.Train, split.Validation, split.Test];
        Assert.Equal(100, sides.Sum(side => side.Select(row => row / 4).Distinct().Count()));
    }

    [Fact]
    public async Task Of_APartThatIsNone_SaysWhich()
    {
        var columns = Columns with { Split = "part" };
        var lines = Enumerable.Range(0, 40).Select(row => $"text {row},{row % 2},{(row == 7 ? "hold-out" : "train")}").Prepend("body,topic,part");
        var set = await ReadAsync("texts.csv", string.Join('\n', lines), columns);

        var fault = Assert.Throws<IOException>(() => TextSplit.Of(set, columns, seed: 1));

        Assert.Contains("The column 'part' says 'hold-out'; expected train, validation or test.", fault.Message, StringComparison.Ordinal);
    }

    private static string Csv(IEnumerable<(string Text, string Label)> rows) => string.Join('\n', rows.Select(row => $"{row.Text},{row.Label}").Prepend("body,topic"));

    private async Task<TextSet> ReadAsync(string name, string content, TextColumns? columns = null)
    {
        File.WriteAllText(folder.PathTo(name), content, new UTF8Encoding(false));
        return TextSet.From(await TextTables.OpenAsync(folder.PathTo(name), new(), default), columns ?? Columns, name);
    }
}
