using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;

namespace Scoring.Tests.Batch.Planning;

/// <summary>Cutting is the planner's, reading the chunks the scorer's: together they give each record once, wherever the cuts and the steps fall.</summary>
public sealed class ChunkCutterTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public void Cut_AnyCsvRecordsAtAnySize_GivesEachRecordOnceInOrder() => Check(RecordFormat.Csv, field => $"1,\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\",é");

    [Fact]
    public void Cut_AnyJsonRecordsAtAnySize_GivesEachRecordOnceInOrder() => Check(
        RecordFormat.JsonLines, field => $"{{\"a\":\"{field.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}\"}}");

    private static void Check(RecordFormat format, Func<string, string> toRecord)
    {
        var fields = Gen.Elements("\"", "\n", "\r\n", ",", "x", " ", "é", "日本", "\"\"", "long enough to fill a chunk by itself").ListOf().Select(string.Concat);
        var inputs = from records in fields.Select(toRecord).ListOf()
                     from chunkBytes in Gen.Choose(1, 200)
                     from chunkRows in Gen.Choose(1, 5)
                     from stepBytes in Gen.Choose(1, 400)
                     from ending in Gen.Elements("\n", "\r\n")
                     from tail in Gen.Elements("", "\n", "\n\n")
                     select (records, plan: new JobPlan("1", chunkBytes, chunkRows, 1, stepBytes, [], []), text: "\uFEFF" + string.Join(ending, records) + tail);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var bytes = Encoding.UTF8.GetBytes(input.text);
            var chunks = Plan(format, input.plan, bytes);

            Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(chunk => chunk.Number));
            var row = 0L;
            var read = new List<string>();
            foreach (var chunk in chunks)
            {
                Assert.Equal(row, chunk.FirstRow);
                Assert.InRange(chunk.Rows, 1, input.plan.ChunkRows);
                row += chunk.Rows;
                var records = chunk.Pieces.SelectMany(piece => Read(format, bytes, piece.Offset, piece.Length)).ToList();
                Assert.Equal(chunk.Rows, records.Count);
                read.AddRange(records);
            }

            Assert.Equal(input.records, read);
        }).QuickCheckThrowOnFailure();
    }

    // As the planner does it: step after step, each from where the one before ended.
    private static List<Chunk> Plan(RecordFormat format, JobPlan plan, byte[] bytes)
    {
        var chunks = new List<Chunk>();
        var position = new PlanPosition(0, 0, 0, 0);
        while (true)
        {
            var cutter = new ChunkCutter(plan, position);
            cutter.StartSource(0, position.Offset);
            using var reader = Open(format, bytes, position.Offset, bytes.Length - position.Offset);
            var isFull = false;
            do
            {
                while (!isFull && reader.TryRead(out var record))
                {
                    if (cutter.Add(record.End))
                    {
                        cutter.EndPiece(reader.Position);
                        cutter.Cut();
                        isFull = cutter.BytesCut >= plan.StepBytes;
                    }
                }
            }
            while (!isFull && reader.FillAsync(default).AsTask().GetAwaiter().GetResult());

            if (!isFull)
            {
                cutter.EndPiece(reader.Position);
                cutter.Cut();
            }

            chunks.AddRange(cutter.Chunks);
            if (!isFull)
            {
                return chunks;
            }

            position = cutter.PositionAt(0, reader.Position);
        }
    }

    private static List<string> Read(RecordFormat format, byte[] bytes, long offset, long length)
    {
        using var reader = Open(format, bytes, offset, length);
        var records = new List<string>();
        do
        {
            while (reader.TryRead(out var record))
            {
                records.Add(Encoding.UTF8.GetString(record.Content));
            }
        }
        while (reader.FillAsync(default).AsTask().GetAwaiter().GetResult());

        return records;
    }

    private static RecordReader Open(RecordFormat format, byte[] bytes, long offset, long length) =>
        new(new MemoryStream(bytes, (int)offset, (int)length, writable: false), format, Limit, offset);
}
