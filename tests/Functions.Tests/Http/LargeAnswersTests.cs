using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>Answers of megabytes are written in turns.</summary>
public sealed class LargeAnswersTests
{
    private const double Large = 2e6;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Turn_LargeAnswerWhileAllTurnsAreTaken_WaitsAndSmallOnesDoNot()
    {
        var taken = new List<LargeAnswers.Turn>();
        for (var turn = 0; turn < Math.Max(1, Environment.ProcessorCount - 1); turn++)
        {
            taken.Add(await LargeAnswers.TurnAsync(Large, CancellationToken.None).AsTask().WaitAsync(Limit));
        }

        var next = LargeAnswers.TurnAsync(Large, CancellationToken.None).AsTask();
        using var small = await LargeAnswers.TurnAsync(1000, CancellationToken.None).AsTask().WaitAsync(Limit);
        Assert.False(small.IsTaken);
        Assert.False(next.IsCompleted);

        taken.ForEach(turn => turn.Dispose());
        using var granted = await next.WaitAsync(Limit);
        Assert.True(granted.IsTaken);
    }

    [Fact]
    public async Task Turn_CallerThatLeaves_DoesNotWait()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await LargeAnswers.TurnAsync(Large, left.Token));
    }
}
