using Scoring.Serving;

namespace Scoring.Tests.Serving;

public class RehearsalTests
{
    // At a start nobody would see it fail.
    [Fact]
    public void Run_OfTheModelInside_Succeeds() => Rehearsal.Run();
}
