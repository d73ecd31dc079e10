using TestCommon;

namespace Functions.Tests.App;

public class SourceTests
{
    private const int MostLines = 40;

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Checkout.PathTo("src", "Functions"), "*.cs").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void SourceFile_OfFunctions_HoldsATriggersFewLinesAndNoFlavour(string file)
    {
        var lines = File.ReadAllLines(Checkout.PathTo("src", "Functions", file));

        Assert.InRange(lines.Length, 1, MostLines);
        Assert.DoesNotContain(lines, line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal));
    }
}
