using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Batch.Sources;

namespace Scoring.Tests.Batch.Sources;

public sealed class RecordReaderTests
{
    private const int Limit = 64;

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\n\n \t\nb\n", "a|b")]
    [InlineData("\uFEFFa\nb", "a|b")]
    [InlineData("\uFEFF", "")]
    [InlineData("", "")]
    [InlineData("\n\r\n", "")]
    [InlineData("é\n日本\n", "é|日本")]
    [InlineData("\"open\nb", "\"open|b")]
    public async Task TryRead_JsonLines_GivesEachLine(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', await ReadAsync(RecordFormat.JsonLines, text, seed: 1)));

    [Theory]
    [InlineData("a,b\nc,d", "a,b|c,d")]
    [InlineData("\"a\nb\",c\r\nd\n", "\"a\nb\",c|d")]
    [InlineData("\"a\r\nb\"\"\n\",c\nd\n", "\"a\r\nb\"\"\n\",c|d")]
    [InlineData("5\" pipe\nd\n", "5\" pipe|d")]
    [InlineData("x,\"\"\nd\n", "x,\"\"|d")]
    [InlineData("\uFEFF\"a\n\",b\nc", "\"a\n\",b|c")]
    [InlineData("a\n\nb\n", "a|b")]
    [InlineData("a\n  \nb\n", "a|  |b")]
    public async Task TryRead_Csv_GivesEachRecord(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', await ReadAsync(RecordFormat.Csv, text, seed: 1)));

    [Theory]
    [InlineData(RecordFormat.JsonLines)]
    [InlineData(RecordFormat.Csv)]
    internal async Task TryRead_RecordOverTheLimit_IsSkippedAndTheNextIsRead(RecordFormat format)
    {
        var large = new string('x', Limit * 5000);

        Assert.Equal(["a", "oversized", "b", "oversized"], await ReadAsync(format, $"a\n{large}\nb\n{large}", seed: null));
    }

    [Fact]
    public async Task TryRead_QuotedRecordOverTheLimit_EndsBehindItsQuote()
    {
        var large = "\"" + string.Concat(Enumerable.Repeat("\n,\"\"", Limit * 3000)) + "\"";

        Assert.Equal(["a", "oversized", "b"], await ReadAsync(RecordFormat.Csv, $"a\n{large}\nb\n", seed: null));
    }

    [Theory]
    [InlineData("a\n\"open\nb", 2)]
    [InlineData("\"a\"\"", 0)]
    [InlineData("\"", 0)]
    [InlineData("a,\"b\",\"c\n", 6)]
    public async Task TryRead_QuoteThatNeverCloses_ThrowsWithItsPosition(string text, int position)
    {
        var exception = await Assert.ThrowsAsync<UnclosedQuoteException>(() => ReadAsync(RecordFormat.Csv, text, seed: 1));

        Assert.Contains($"at byte {position} ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryRead_QuoteThatNeverClosesOverTheLimit_ThrowsWithItsPosition()
    {
        var exception = await Assert.ThrowsAsync<UnclosedQuoteException>(() => ReadAsync(RecordFormat.Csv, "a\nb,\"" + new string('x', Limit * 5000), seed: null));

        Assert.Contains("at byte 4 ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unread_RecordReadLast_ComesAgain()
    {
        using var reader = new RecordReader(new MemoryStream("a\n\nb\n"u8.ToArray()), RecordFormat.JsonLines, Limit);
        await reader.FillAsync(default);
        reader.TryRead(out _);
        reader.TryRead(out _);

        reader.Unread();

        Assert.True(reader.TryRead(out var again));
        Assert.Equal("b", Encoding.UTF8.GetString(again.Content));
        Assert.Equal(5, again.End);
    }

    // Records are made of what has tricked readers: quotes, doubled quotes, both line endings, commas, blanks, multi-byte text.
    [Fact]
    public void TryRead_AnyCsvRecordsInAnyPieces_GivesEachOnce() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int>().Zip(Fields().ListOf()).ToArbitrary(),
        input =>
        {
            var records = input.Item2.Select(field => $"1,\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\",é").ToList();
            foreach (var (ending, last) in new[] { ("\n", "\n"), ("\r\n", ""), ("\n", "") })
            {
                var text = string.Join(ending, records) + last;
                Assert.Equal(records, ReadAsync(RecordFormat.Csv, text, input.Item1, limit: 1 << 20).GetAwaiter().GetResult());
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<string> Fields() => Gen.Elements("\"", "\n", "\r\n", ",", "x", " ", "é", "日", "\"\"", "").ListOf().Select(string.Concat);

    private static async Task<List<string>> ReadAsync(RecordFormat format, string text, int? seed, int limit = Limit)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var stream = seed is { } value ? new DribbleStream(bytes, value) : new MemoryStream(bytes);
        using var reader = new RecordReader(stream, format, limit);
        var records = new List<string>();
        do
        {
            while (reader.TryRead(out var record))
            {
                records.Add(record.IsOversized ? "oversized" : Encoding.UTF8.GetString(record.Content));
            }
        }
        while (await reader.FillAsync(default));

        Assert.Equal(bytes.Length, reader.Position);
        return records;
    }
}
