using Scoring.Serving.Joining;

namespace Scoring.Tests.Serving.Joining;

public sealed class JoinTrialTests
{
    private static readonly TimeSpan Alone = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void Measured_TogetherPays_TwiceAsManyAreTriedNext()
    {
        var trial = new JoinTrial();

        Measure(trial, batches: 2, ratio: 0.6, times: 5);
        Assert.Equal(4, trial.MostBatches);
        Assert.False(trial.IsNew(2));
        Assert.True(trial.IsNew(3));

        Measure(trial, batches: 4, ratio: 0.5, times: 5);
        Assert.Equal(8, trial.MostBatches);
    }

    [Fact]
    public void Measured_TogetherDoesNotPay_StaysAlone()
    {
        var trial = new JoinTrial();

        Measure(trial, batches: 2, ratio: 0.97, times: 5);

        Assert.Equal(1, trial.MostBatches);
        Assert.False(trial.IsNew(2));
    }

    [Fact]
    public void Measured_LargerCompanyDoesNotPay_TheOneBeforeStays()
    {
        var trial = new JoinTrial();
        Measure(trial, batches: 2, ratio: 0.6, times: 5);

        Measure(trial, batches: 4, ratio: 0.95, times: 5);

        Assert.Equal(2, trial.MostBatches);
    }

    [Fact]
    public void Measured_LargerCompanyPaysNoMore_TheOneBeforeStays()
    {
        var trial = new JoinTrial();
        Measure(trial, batches: 2, ratio: 0.6, times: 5);

        Measure(trial, batches: 4, ratio: 0.59, times: 5);

        Assert.Equal(2, trial.MostBatches);
    }

    [Fact]
    public void Measured_OneDisturbedMeasurement_DecidesNothing()
    {
        var trial = new JoinTrial();

        Measure(trial, batches: 2, ratio: 9, times: 2);
        Measure(trial, batches: 2, ratio: 0.6, times: 3);

        Assert.Equal(4, trial.MostBatches);
    }

    [Fact]
    public void Measured_AnswersDiffer_NeverSharesARun()
    {
        var trial = new JoinTrial();
        Measure(trial, batches: 2, ratio: 0.6, times: 5);

        trial.Measured(4, Alone, 4 * Alone, agree: false);

        Assert.Equal(1, trial.MostBatches);
    }

    [Fact]
    public void Measured_RunsOfMicroseconds_AreDoneSoonerThanHandedOver()
    {
        var trial = new JoinTrial();

        trial.Measured(2, TimeSpan.FromMicroseconds(5), TimeSpan.FromMicroseconds(10), agree: true);

        Assert.Equal(1, trial.MostBatches);
    }

    [Fact]
    public void Ask_LongAfterItDidNotPay_IsTriedAgain()
    {
        var trial = new JoinTrial();
        Measure(trial, batches: 2, ratio: 0.97, times: 5);

        Assert.Equal(2_000, AsksUntilTriedAgain(trial));
        Measure(trial, batches: 2, ratio: 0.97, times: 5);
        Assert.Equal(4_000, AsksUntilTriedAgain(trial));
        Measure(trial, batches: 2, ratio: 0.6, times: 5);
        Assert.Equal(4, trial.Ask());
    }

    [Fact]
    public void Ask_AnswersDiffered_IsNeverTriedAgain()
    {
        var trial = new JoinTrial();
        trial.Measured(2, Alone, 2 * Alone, agree: false);

        for (var ask = 0; ask < 10_000; ask++)
        {
            Assert.Equal(1, trial.Ask());
        }
    }

    private static int AsksUntilTriedAgain(JoinTrial trial)
    {
        var asks = 1;
        while (trial.Ask() == 1)
        {
            asks++;
        }

        return asks;
    }

    private static void Measure(JoinTrial trial, int batches, double ratio, int times)
    {
        for (var time = 0; time < times; time++)
        {
            trial.Measured(batches, ratio * batches * Alone, batches * Alone, agree: true);
        }
    }
}
