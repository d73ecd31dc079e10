using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>How fast a body has to come.</summary>
public sealed class BodyPaceTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Came_MostAtOnceAndThenNothing_IsOver()
    {
        using var pace = new BodyPace(CancellationToken.None, Long, Window);
        pace.Came(16 << 20);

        await WhenOverAsync(pace);
        Assert.Equal(ErrorCode.BodyTooSlow, BodyPace.TooSlow(new IOException()).Code);
    }

    [Fact]
    public async Task Came_AByteAtATime_IsOver()
    {
        using var pace = new BodyPace(CancellationToken.None, Long, Window);
        using var trickle = new Timer(_ => pace.Came(1), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        pace.Came(16 << 20);

        await WhenOverAsync(pace);
    }

    [Fact]
    public async Task Came_FastEnoughButForTooLong_IsOver()
    {
        using var pace = new BodyPace(CancellationToken.None, Window, Long);
        using var flow = new Timer(_ => pace.Came(1 << 20), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));

        await WhenOverAsync(pace);
    }

    [Fact]
    public void Came_FastEnough_IsNotOver()
    {
        using var pace = new BodyPace(CancellationToken.None, Long, Long);
        for (var piece = 0; piece < 100; piece++)
        {
            pace.Came(64 << 10);
        }

        Assert.False(pace.IsOver);
        Assert.False(pace.Token.IsCancellationRequested);
    }

    [Fact]
    public void IsOver_TheCallerLeft_IsNotTheReason()
    {
        using var caller = new CancellationTokenSource();
        using var pace = new BodyPace(caller.Token, Long, Long);
        caller.Cancel();

        Assert.True(pace.Token.IsCancellationRequested);
        Assert.False(pace.IsOver);
    }

    private static async Task WhenOverAsync(BodyPace pace)
    {
        var over = new TaskCompletionSource();
        using var registration = pace.Token.Register(over.SetResult);
        await over.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(pace.IsOver);
    }
}
