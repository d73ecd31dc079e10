using Scoring;

namespace InfraTests.Alerts;

/// <summary>Recorded streams of the app's own metrics against the rules as they are deployed: each fires when it should and is silent when it should be.</summary>
public partial class SimulationTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(180);
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(2);

    [BicepFact(node: true)]
    public void Play_NormalDay_IsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(180, minute =>
        {
            process.Answer(120, Fast);
            process.Answer(2, Slow);
            process.Answer(10, Fast, ErrorCode.InvalidValue.Name());
            process.Metrics.QueueAge(TimeSpan.FromSeconds(3));
            process.Metrics.JobCompleted("completed");
            recording.QueueOperation("PutMessage");
            recording.QueueOperation("DeleteMessage");
            if (minute == 90)
            {
                process.Metrics.ModelSwapped(Recording.Model, "2", "3");
            }
        });

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_IdleNight_IsSilent()
    {
        using var recording = new Recording();
        recording.Minutes(600, minute =>
        {
            // One caller an hour, who meets a process that was not there.
            if (minute % 60 == 0)
            {
                recording.StartProcess(Start).Answer(1, Slow);
            }
        });

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_SlowModel_FiresLatencyAloneAndOnlyAfterTwoWindows()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ => process.Answer(100, Fast));
        recording.Minutes(30, _ => process.Answer(100, Slow));
        recording.Minutes(30, _ => process.Answer(100, Fast));

        var fired = recording.Play();

        Assert.Equal(["latency-p95", "slo-warm"], fired.Keys.Order());
        Assert.All(fired.Values, rule =>
        {
            Assert.All(rule, firing => Assert.Equal(Recording.Model, firing.Of));
            Assert.InRange(rule[0].Minute, 55, 60);
            Assert.InRange(rule[^1].Minute, 75, 85);
        });
    }

    [BicepFact(node: true)]
    public void Play_SlowModelWithLooserSlo_FiresOnlyTheDefaultsRule()
    {
        using var recording = new Recording { Slo = TimeSpan.FromMilliseconds(500) };
        var process = Warm(recording);
        recording.Minutes(30, _ => process.Answer(100, Slow));

        Assert.Equal(["latency-p95"], recording.Play().Keys);
    }

    [BicepFact(node: true)]
    public void Play_SlowModelWithFewCallers_IsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(60, _ => process.Answer(10, Slow));

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_OneBadWindow_IsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ => process.Answer(100, Fast));
        recording.Minutes(4, _ => process.Answer(100, Slow));
        recording.Minutes(30, _ => process.Answer(100, Fast));

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_ColdStartStorm_FiresColdRules()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(60, _ => process.Answer(20, Fast));
        recording.Minutes(30, _ =>
        {
            process.Answer(20, Fast);
            for (var start = 0; start < 3; start++)
            {
                recording.StartProcess(TimeSpan.FromSeconds(9)).Answer(1, Slow);
            }
        });

        Assert.Equal(["cold-share", "cold-start-p95", "slo-cold"], recording.Play().Keys.Order());
    }

    [BicepFact(node: true)]
    public void Play_ManyQuickStartsUnderLoad_IsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(90, _ =>
        {
            process.Answer(500, Fast);
            recording.StartProcess(Start).Answer(1, Fast);
        });

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_FailuresOnOurSide_FireErrorRatio()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ =>
        {
            process.Answer(90, Fast);
            process.Answer(10, Fast, ErrorCode.InferenceFailed.Name());
        });

        Assert.Equal(["error-ratio"], recording.Play().Keys);
    }

    [BicepFact(node: true)]
    public void Play_CallersSendingNonsense_IsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ => process.Answer(90, Fast, ErrorCode.InvalidJson.Name()));

        Assert.Empty(recording.Play());
    }

    [BicepFact(node: true)]
    public void Play_RefusedVersion_FiresOnceAndResolves()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30);
        process.Metrics.ModelRefused(Recording.Model, "4", "golden");
        recording.Minutes(60);

        var fired = Assert.Single(recording.Play());
        Assert.Equal("model-refused", fired.Key);
        Assert.InRange(fired.Value[0].Minute, 46, 50);
        Assert.InRange(fired.Value[^1].Minute, 50, 65);
    }

    [BicepFact(node: true)]
    public void Play_ModelWithoutVersion_FiresModelUnavailable()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(5);
        process.Metrics.ModelUnavailable(Recording.Model);
        recording.Minutes(20);

        Assert.Equal(["model-unavailable"], recording.Play().Keys);
    }

    [BicepTheory(node: true)]
    [InlineData("modules/alerts.bicep", "threshold: sloMilliseconds", "threshold: 500")]
    [InlineData("kql/alerts/latency-p95.kql", "| where total >= 100", "| where total >= 1000000")]
    [InlineData("kql/alerts/latency-p95.kql", "requests, 95)", "requests, 1)")]
    [InlineData("modules/alerts.bicep", "operator: 'GreaterThan'", "operator: 'LessThan'")]
    public void Play_WithRuleEdited_FiresDifferently(string file, string text, string by)
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ =>
        {
            process.Answer(90, Slow);
            process.Answer(10, Fast);
        });
        Assert.Contains("latency-p95", recording.Play().Keys);

        using var folder = new CopyOfInfra();
        folder.Replace(file, text, by);

        Assert.DoesNotContain("latency-p95", recording.Play(folder.Bicep).Keys);
    }

    [BicepFact(node: true)]
    public void Play_WithFewerPeriodsAsked_FiresOnOneBadWindow()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        recording.Minutes(30, _ => process.Answer(100, Fast));
        recording.Minutes(5, _ => process.Answer(100, Slow));
        recording.Minutes(30, _ => process.Answer(100, Fast));

        using var folder = new CopyOfInfra();
        folder.Replace("modules/alerts.bicep", "minFailingPeriodsToAlert: rule.failingPeriods", "minFailingPeriodsToAlert: 1");

        Assert.Empty(recording.Play());
        Assert.Equal(["latency-p95", "slo-warm"], recording.Play(folder.Bicep).Keys.Order());
    }

    [BicepFact(node: true)]
    public void Play_MetricRenamedInQuery_FallsSilent()
    {
        using var recording = new Recording();
        var process = Warm(recording);
        process.Metrics.JobCompleted("failed");
        recording.Minutes(20);

        using var folder = new CopyOfInfra();
        folder.Replace("kql/alerts/job-failed.kql", "scoring.batch.jobs", "scoring.jobs");

        Assert.Empty(recording.Play(folder.Bicep));
    }

    // A process whose cold start lies more than ten minutes back, so that nothing it answers counts as cold.
    private static Recording.Process Warm(Recording recording)
    {
        var process = recording.StartProcess(Start);
        process.Answer(1, Fast);
        recording.Minutes(15);
        return process;
    }
}
