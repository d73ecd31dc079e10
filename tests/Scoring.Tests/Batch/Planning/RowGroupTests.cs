using FsCheck;
using FsCheck.Fluent;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Planning;

namespace Scoring.Tests.Batch.Planning;

/// <summary>A Parquet file is cut by its footer alone: each row falls into one chunk, wherever its row groups and the planning steps end.</summary>
public sealed class RowGroupTests
{
    [Fact]
    public void Cut_AnyRowGroupsAtAnySize_GivesEachRowOnceInOrder()
    {
        var inputs = from files in Gen.Choose(0, 60).ListOf().ListOf()
                     from rowBytes in Gen.Choose(0, 40)
                     from chunkBytes in Gen.Choose(1, 2000)
                     from chunkRows in Gen.Choose(1, 50)
                     from stepBytes in Gen.Choose(1, 4000)
                     select (files: files.Select(groups => Layout(groups, rowBytes)).ToList(), plan: new JobPlan("1", chunkBytes, chunkRows, 1, stepBytes, [], []));
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var chunks = Plan(input.plan, input.files);

            Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(chunk => chunk.Number));
            var next = 0L;
            foreach (var chunk in chunks)
            {
                Assert.Equal(next, chunk.FirstRow);
                Assert.InRange(chunk.Rows, 1, input.plan.ChunkRows);
                Assert.Equal(chunk.Rows, chunk.Pieces.Sum(piece => piece.Length));
                next += chunk.Rows;
            }

            var rows = chunks.SelectMany(chunk => chunk.Pieces).SelectMany(piece => Enumerable.Range((int)piece.Offset, (int)piece.Length).Select(row => (piece.Source, row)));
            Assert.Equal(input.files.SelectMany((file, source) => Enumerable.Range(0, (int)file.Rows).Select(row => (source, row))), rows);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Cut_GroupsThatFit_EndsChunksWithThem()
    {
        var plan = new JobPlan("1", long.MaxValue, 100, 1, long.MaxValue, [], []);

        var chunks = Plan(plan, [Layout([40, 40, 40, 250, 10], rowBytes: 8)]);

        // The large group is split into equal parts; what follows it fits behind the last.
        Assert.Equal([80, 40, 84, 83, 93], chunks.Select(chunk => chunk.Rows));
    }

    private static ParquetLayout Layout(IEnumerable<int> groups, int rowBytes)
    {
        var made = new List<RowGroup>();
        foreach (var rows in groups)
        {
            made.Add(new RowGroup(made is [.., var last] ? last.End : 0, rows, (long)rows * rowBytes));
        }

        return new ParquetLayout([new ParquetColumn("a", "INTEGER")], made);
    }

    // As the scanner does it: step after step, each from where the one before ended.
    private static List<Chunk> Plan(JobPlan plan, List<ParquetLayout> files)
    {
        var chunks = new List<Chunk>();
        PlanPosition? position = new(0, 0, 0, 0);
        while (position is not null)
        {
            var cutter = new ChunkCutter(plan, position);
            var from = position;
            position = null;
            for (var source = from.Source; source < files.Count && position is null; source++)
            {
                var offset = source == from.Source ? from.Offset : 0;
                cutter.StartSource(source, offset);
                position = PlanScan.CutRowGroups(files[source], cutter, offset, plan.StepBytes) is { } row ? cutter.PositionAt(source, row) : null;
            }

            if (position is null)
            {
                cutter.Cut();
            }

            chunks.AddRange(cutter.Chunks);
        }

        return chunks;
    }
}
