using Scoring.Serving;

namespace Scoring.Tests.Serving;

public class StartupWarmUpTests
{
    // At a start nobody would see it fail.
    [Fact]
    public void Run_OfTheModelInside_Succeeds() => StartupWarmUp.Run();
}
