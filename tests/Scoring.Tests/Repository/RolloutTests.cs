using System.Text;
using Scoring.Repository;

namespace Scoring.Tests.Repository;

/// <summary>The schedule in the live pointer: how it is written and read, and which share it gives at which time.</summary>
public sealed class RolloutTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    [Fact]
    public void Parse_PointerWithoutARollout_ReadsAsBefore()
    {
        var pointer = LivePointer.Parse("""{"version":"3","history":["2"]}"""u8.ToArray(), "live.json");

        Assert.Equal(("3", "2"), (pointer.Version, Assert.Single(pointer.History!)));
        Assert.Null(pointer.Rollout);
        Assert.Equal("""{"version":"3","history":["2"]}""", Encoding.UTF8.GetString(pointer.ToJson()));
    }

    [Theory]
    [InlineData("""{"version":"3","version":"4"}""")]
    [InlineData("""{"version":"3","rollout":{"id":"a","id":"b"}}""")]
    public void Parse_MemberGivenTwice_IsNoPointer(string json) =>
        Assert.StartsWith("live.json is not a live pointer", Assert.Throws<PackageFaultException>(() => LivePointer.Parse(Encoding.UTF8.GetBytes(json), "live.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void ToJson_PointerWithARollout_KeepsTheMembersThatOlderServersReadAndComesBackWhole()
    {
        var rollout = Steps(1, 10.5, 100) with { Shadow = 20, PausedAt = Start + Every, Limits = new RolloutLimits(1.5, 2, 1.1, 0.2) };

        var json = new LivePointer("3", ["2"]) { Rollout = rollout }.ToJson();
        var back = LivePointer.Parse(json, "live.json");

        Assert.StartsWith("""{"version":"3","history":["2"],"rollout":{""", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(json, back.ToJson());
        Assert.Equal((rollout.Id, rollout.Start, rollout.PausedAt, rollout.Every, 20.0, rollout.Limits), (back.Rollout!.Id, back.Rollout.Start, back.Rollout.PausedAt, back.Rollout.Every, back.Rollout.Shadow, back.Rollout.Limits));
    }

    [Theory]
    [InlineData("""{"id":"r","arms":[],"start":"2026-11-01T12:00:00Z"}""", "expected 1 to 32 versions")]
    [InlineData("""{"id":"r","arms":[{"version":"four","steps":[1]}],"start":"2026-11-01T12:00:00Z"}""", "each a positive whole number")]
    [InlineData("""{"id":"r","arms":[{"version":"4","steps":[10,5]}],"everySeconds":60,"start":"2026-11-01T12:00:00Z"}""", "none below the one before it")]
    [InlineData("""{"id":"r","arms":[{"version":"4","steps":[101]}],"start":"2026-11-01T12:00:00Z"}""", "0 to 100 percent")]
    [InlineData("""{"id":"r","arms":[{"version":"4","steps":[60]},{"version":"5","steps":[60]}],"start":"2026-11-01T12:00:00Z"}""", "more than 100 percent together")]
    [InlineData("""{"id":"r","arms":[{"version":"4","steps":[1,2]}],"start":"2026-11-01T12:00:00Z"}""", "several steps need to last some time")]
    [InlineData("""{"id":"r","arms":[{"version":"4","steps":[1]}]}""", "not followed")]
    [InlineData("7", "not followed")]
    public void Parse_RolloutThatIsNone_LeavesTheLiveVersionAndSaysWhy(string rollout, string reason)
    {
        var pointer = LivePointer.Parse(Encoding.UTF8.GetBytes($$"""{"version":"3","rollout":{{rollout}}}"""), "live.json");

        Assert.Equal("3", pointer.Version);
        Assert.Null(pointer.Rollout);
        Assert.Contains(reason, pointer.RolloutFault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(599, 1)]
    [InlineData(600, 10)]
    [InlineData(1200, 50)]
    [InlineData(1800, 100)]
    [InlineData(360_000, 100)]
    public void ShareAt_EachTime_FollowsFromTheClockAndTheStart(int seconds, double share)
    {
        var rollout = Steps(1, 10, 50, 100);

        Assert.Equal(share, rollout.Arms[0].ShareAt(rollout.StepAt(Start.AddSeconds(seconds))));
    }

    [Fact]
    public void Paused_ThenResumed_GoesOnWhereItStood()
    {
        var paused = Steps(1, 10, 50, 100).Paused(Start.AddMinutes(15));
        var resumed = paused.Resumed(Start.AddMinutes(75));

        Assert.Equal(1, paused.StepAt(Start.AddMinutes(70)));
        Assert.Null(paused.NextAt(Start.AddMinutes(70)));
        Assert.Equal((1, 2), (resumed.StepAt(Start.AddMinutes(79)), resumed.StepAt(Start.AddMinutes(80))));
        Assert.Equal(paused.Id, resumed.Id);
    }

    [Fact]
    public void PlaceOf_Visitors_StayInWhileTheShareGrowsAndAreDealtEvenly()
    {
        var rollout = Steps(1, 10, 50, 100);
        var places = Enumerable.Range(0, 10_000).Select(visitor => rollout.PlaceOf(Encoding.UTF8.GetBytes($"visitor-{visitor}"))).ToList();

        // Six standard deviations of 10,000 throws at a half.
        Assert.InRange(places.Count(place => place < 0.5), 4_700, 5_300);
        Assert.All(places, place => Assert.InRange(place, 0, 1));
        Assert.Equal(places[7], rollout.Paused(Start).PlaceOf("visitor-7"u8));
        Assert.NotEqual(places[7], Steps(1).PlaceOf("visitor-7"u8));
    }

    [Fact]
    public void PlaceOf_OneVisitorOfOneRollout_IsTheSameOnEveryInstanceAndForEver() =>
        Assert.Equal(0.381198, new Rollout("fixed", [new RolloutArm("4", [50])], Every, Start).PlaceOf("visitor-7"u8), 6);

    private static Rollout Steps(params double[] steps) => Rollout.Create([new RolloutArm("4", steps)], Every, Start);
}
