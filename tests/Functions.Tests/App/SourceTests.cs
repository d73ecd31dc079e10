using TestCommon;

namespace Functions.Tests.App;

public class SourceTests
{
    private const int MaxLines = 40;

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Checkout.PathTo("src", "Triggers"), "*.cs").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void SourceFile_OfTriggers_HoldsAFewLinesAndNoCondition(string file)
    {
        var lines = File.ReadAllLines(Checkout.PathTo("src", "Triggers", file));

        Assert.InRange(lines.Length, 1, MaxLines);
        Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal));
    }
}
