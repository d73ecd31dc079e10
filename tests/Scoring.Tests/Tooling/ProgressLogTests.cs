using Microsoft.Extensions.Time.Testing;
using ModelTool.Verbs;

namespace Scoring.Tests.Tooling;

public sealed class ProgressLogTests
{
    [Fact]
    public void Doing_ManySteps_SaysTheOneOfEveryHalfMinute()
    {
        var (time, said) = (new FakeTimeProvider(), new List<string>());
        var log = new ProgressLog(time, said.Add);

        for (var second = 0; second <= 90; second++)
        {
            log.Doing($"step {second}");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["step 30", "step 60", "step 90"], said);
    }
}
