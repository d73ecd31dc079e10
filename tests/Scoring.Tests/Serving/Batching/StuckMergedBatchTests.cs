using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Batching;
using TestCommon;

namespace Scoring.Tests.Serving.Batching;

/// <summary>A run that several requests share and that does not end.</summary>
public sealed class StuckMergedBatchTests : IDisposable, IRunCaller
{
    private readonly TemporaryFolder folder = new();
    private readonly LoadedModel model;
    private ScoringException? told;

    public StuckMergedBatchTests() =>
        model = LoadedModel.Load(new ModelPackage("m", "1", "", OffsetModel.Write(folder.Root, 1), ""), SessionSettings.Plain);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    void IRunCaller.RunIsStuck(ScoringException failure) => told = failure;

    [Fact]
    public async Task RunIsStuck_AllAreToldAndNoneOfTheirBatchesIsUsedAgain()
    {
        using var first = model.RentBatch();
        var other = model.RentBatch();
        var pending = new PendingBatch(other, CancellationToken.None);
        var merged = new MergedBatch(first, this, [pending], new BatchSizeTuner());
        var failure = new ScoringException(ErrorCode.DeadlineExceeded, "It goes on.");

        merged.RunIsStuck(failure);

        Assert.Same(failure, told);
        Assert.Same(failure, await Assert.ThrowsAsync<ScoringException>(() => pending.Turn));
        other.Dispose();
        using var next = model.RentBatch();
        Assert.NotSame(other, next);

        // The run ends after all: nobody is told twice.
        merged.Answer();
    }
}
