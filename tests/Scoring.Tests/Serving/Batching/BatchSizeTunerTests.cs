using Scoring.Serving.Batching;

namespace Scoring.Tests.Serving.Batching;

public sealed class BatchSizeTunerTests
{
    private static readonly TimeSpan Alone = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void Measured_MergedPays_TwiceAsManyAreTriedNext()
    {
        var tuner = new BatchSizeTuner();

        Measure(tuner, batchSize: 2, ratio: 0.6, times: 5);
        Assert.Equal(4, tuner.MaxBatchSize);
        Assert.False(tuner.IsMeasuring(2));
        Assert.True(tuner.IsMeasuring(3));

        Measure(tuner, batchSize: 4, ratio: 0.5, times: 5);
        Assert.Equal(8, tuner.MaxBatchSize);
    }

    [Fact]
    public void Measured_MergedDoesNotPay_StaysAlone()
    {
        var tuner = new BatchSizeTuner();

        Measure(tuner, batchSize: 2, ratio: 0.97, times: 5);

        Assert.Equal(1, tuner.MaxBatchSize);
        Assert.False(tuner.IsMeasuring(2));
    }

    [Fact]
    public void Measured_LargerSizeDoesNotPay_TheOneBeforeStays()
    {
        var tuner = new BatchSizeTuner();
        Measure(tuner, batchSize: 2, ratio: 0.6, times: 5);

        Measure(tuner, batchSize: 4, ratio: 0.95, times: 5);

        Assert.Equal(2, tuner.MaxBatchSize);
    }

    [Fact]
    public void Measured_LargerSizePaysNoMore_TheOneBeforeStays()
    {
        var tuner = new BatchSizeTuner();
        Measure(tuner, batchSize: 2, ratio: 0.6, times: 5);

        Measure(tuner, batchSize: 4, ratio: 0.59, times: 5);

        Assert.Equal(2, tuner.MaxBatchSize);
    }

    [Fact]
    public void Measured_OneDisturbedMeasurement_DecidesNothing()
    {
        var tuner = new BatchSizeTuner();

        Measure(tuner, batchSize: 2, ratio: 9, times: 2);
        Measure(tuner, batchSize: 2, ratio: 0.6, times: 3);

        Assert.Equal(4, tuner.MaxBatchSize);
    }

    [Fact]
    public void Measured_AnswersDiffer_NeverSharesARun()
    {
        var tuner = new BatchSizeTuner();
        Measure(tuner, batchSize: 2, ratio: 0.6, times: 5);

        tuner.Measured(4, Alone, 4 * Alone, agree: false);

        Assert.Equal(1, tuner.MaxBatchSize);
    }

    [Fact]
    public void Measured_RunsOfMicroseconds_AreDoneSoonerThanHandedOver()
    {
        var tuner = new BatchSizeTuner();

        tuner.Measured(2, TimeSpan.FromMicroseconds(5), TimeSpan.FromMicroseconds(10), agree: true);

        Assert.Equal(1, tuner.MaxBatchSize);
    }

    [Fact]
    public void Ask_LongAfterItDidNotPay_IsTriedAgain()
    {
        var tuner = new BatchSizeTuner();
        Measure(tuner, batchSize: 2, ratio: 0.97, times: 5);

        Assert.Equal(2_000, AsksUntilTriedAgain(tuner));
        Measure(tuner, batchSize: 2, ratio: 0.97, times: 5);
        Assert.Equal(4_000, AsksUntilTriedAgain(tuner));
        Measure(tuner, batchSize: 2, ratio: 0.6, times: 5);
        Assert.Equal(4, tuner.Ask());
    }

    [Fact]
    public void Ask_AnswersDiffered_IsNeverTriedAgain()
    {
        var tuner = new BatchSizeTuner();
        tuner.Measured(2, Alone, 2 * Alone, agree: false);

        for (var ask = 0; ask < 10_000; ask++)
        {
            Assert.Equal(1, tuner.Ask());
        }
    }

    private static int AsksUntilTriedAgain(BatchSizeTuner tuner)
    {
        var asks = 1;
        while (tuner.Ask() == 1)
        {
            asks++;
        }

        return asks;
    }

    private static void Measure(BatchSizeTuner tuner, int batchSize, double ratio, int times)
    {
        for (var time = 0; time < times; time++)
        {
            tuner.Measured(batchSize, ratio * batchSize * Alone, batchSize * Alone, agree: true);
        }
    }
}
