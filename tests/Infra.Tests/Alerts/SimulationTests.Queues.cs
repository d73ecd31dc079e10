using Scoring;

namespace InfraTests.Alerts;

/// <content>Messages, jobs and starts.</content>
public partial class SimulationTests
{
    [BicepFact(node: true)]
    public void Play_PoisonCountedByTheApp_FiresPoison()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(10);
        process.Metrics.PoisonMessage();
        recording.Minutes(30);

        Assert.Equal(["poison"], recording.Play().Keys);
    }

    [BicepFact(node: true)]
    public void Play_PoisonMovedWithoutTheApp_FiresPoison()
    {
        using var recording = new Recording();
        recording.Minutes(10);
        recording.QueueOperation("PutMessage", "score-requests-poison");
        recording.Minutes(30);

        Assert.Equal(["poison"], recording.Play().Keys);
    }

    [BicepFact(node: true)]
    public void Play_MessagesTakenLate_FiresQueueAge()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(20, _ => process.Metrics.QueueAge(TimeSpan.FromMinutes(40)));

        Assert.Equal(["queue-age"], recording.Play().Keys);
    }

    [BicepTheory(node: true)]
    [InlineData(10, true)]
    [InlineData(2, false)]
    public void Play_SomeOfAHundredMessagesTakenLate_FiresFromATwentiethOn(int late, bool fires)
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(20, _ =>
        {
            for (var message = 0; message < 100; message++)
            {
                process.Metrics.QueueAge(message < late ? TimeSpan.FromMinutes(40) : TimeSpan.FromSeconds(3));
            }
        });

        Assert.Equal(fires, recording.Play().ContainsKey("queue-age"));
    }

    [BicepTheory(node: true)]
    [InlineData(10, true)]
    [InlineData(50, false)]
    public void Play_OneOfSoManyStartsSlow_FiresFromATwentiethOn(int starts, bool fires)
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(100, minute =>
        {
            process.Answer(500, Fast);
            recording.StartProcess(minute % starts == starts - 1 ? TimeSpan.FromSeconds(9) : Start).Answer(1, Fast);
        });

        Assert.Equal(fires ? ["cold-start-p95"] : [], recording.Play().Keys);
    }

    [BicepFact(node: true)]
    public void Play_MessagesNeverTaken_FiresQueueStalled()
    {
        using var recording = new Recording();
        recording.Minutes(5);
        recording.QueueOperation("PutMessage");
        recording.Minutes(60);

        Assert.Equal(["queue-stalled"], recording.Play().Keys);
    }

    [BicepTheory(node: true)]
    [InlineData("score-steps")]
    [InlineData("score-steps-first")]
    public void Play_StepsNeverTakenWhileRequestsAre_FiresQueueStalledForSteps(string queue)
    {
        using var recording = new Recording();
        recording.Minutes(5);
        recording.QueueOperation("PutMessage", queue);
        recording.Minutes(60, _ =>
        {
            recording.QueueOperation("PutMessage");
            recording.QueueOperation("DeleteMessage");
        });

        var fired = Assert.Single(recording.Play());
        Assert.Equal("queue-stalled", fired.Key);
        Assert.All(fired.Value, firing => Assert.Equal(queue, firing.Of));
    }

    [BicepFact(node: true)]
    public void Play_MessageJustSent_IsSilent()
    {
        using var recording = new Recording();
        recording.Minutes(5);
        recording.QueueOperation("PutMessage");
        recording.Minutes(12);
        recording.QueueOperation("DeleteMessage");
        recording.Minutes(60);

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_FailedJob_FiresJobFailed()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        process.Metrics.JobCompleted("failed");
        recording.Minutes(20);

        Assert.Equal(["job-failed"], recording.Play().Keys);
    }
}
