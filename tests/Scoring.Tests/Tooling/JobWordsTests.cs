using ModelTool.Jobs;
using Scoring.Batch.Jobs;

namespace Scoring.Tests.Tooling;

/// <summary>What <c>job run</c> says while it waits, and when it counts a job as failed.</summary>
public class JobWordsTests
{
    private static readonly JobView Job = new(
        "a", JobState.Planning, "intent", null, null, default, null, null, 2, 0, null, 0, 0, null, null, null, [], null, null);

    [Fact]
    public void Describe_WaitingAndFailing_AreToldApart()
    {
        var error = new JobError("model_unavailable", "The repository cannot be reached.");

        Assert.Equal("retrying, try 2 ended with model_unavailable: The repository cannot be reached.", JobWatch.Describe(Job with { State = JobState.Retrying, Error = error }));
        Assert.StartsWith("queued, waiting for an app", JobWatch.Describe(Job with { State = JobState.Queued }), StringComparison.Ordinal);
        Assert.Equal("planning, reading the input", JobWatch.Describe(Job));
        Assert.Equal("running, 5 of 9 rows scored, 1 of 2 chunks", JobWatch.Describe(Job with { State = JobState.Running, Rows = 5, RowsTotal = 9, Chunks = 1, ChunksTotal = 2 }));
    }

    [Theory]
    [InlineData(null, 10, 9, false)]
    [InlineData(null, 10, 10, true)]
    [InlineData(null, 0, 0, false)]
    [InlineData("3", 10, 3, false)]
    [InlineData("3", 10, 4, true)]
    [InlineData("2.5%", 1000, 25, false)]
    [InlineData("2.5%", 1000, 26, true)]
    [InlineData("0", 10, 1, true)]
    public void IsExceeded_BadRows_ByNumberOrShare(string? limit, long rows, long failed, bool expected) =>
        Assert.Equal(expected, MaxFailed.IsExceeded(MaxFailed.Parse(limit), rows, failed));

    [Theory]
    [InlineData("many")]
    [InlineData("101%")]
    [InlineData("-1")]
    public void Parse_NeitherNumberNorShare_IsRefused(string text) => Assert.Throws<FormatException>(() => MaxFailed.Parse(text));
}
