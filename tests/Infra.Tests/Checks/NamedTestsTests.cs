using System.Text.RegularExpressions;

namespace InfraTests.Checks;

/// <summary>Tests that documents name as proof are there.</summary>
public sealed partial class NamedTestsTests
{
    [Fact]
    public void Documents_ThatNameATest_NameOneThatIsThere()
    {
        var code = Directory.EnumerateFiles(Checkout.PathTo("tests"), "*Tests*.cs", SearchOption.AllDirectories).ToLookup(file => Path.GetFileName(file).Split('.')[0], File.ReadAllText);
        var named = Directory.EnumerateFiles(Checkout.PathTo("docs"), "*.md", SearchOption.AllDirectories).Append(Checkout.PathTo("SECURITY.md"))
            .SelectMany(page => Names().Matches(File.ReadAllText(page)).Select(match => (Page: Path.GetFileName(page), Class: match.Groups["class"].Value, Test: match.Groups["test"].Value)))
            .Distinct().ToArray();

        var missing = named.Where(one => !code[one.Class].Any(text => text.Contains($" class {one.Class}", StringComparison.Ordinal))
            || (one.Test.Length > 0 && !code[one.Class].Any(text => text.Contains($" {one.Test}(", StringComparison.Ordinal))));

        Assert.True(named.Length > 40, $"Only {named.Length} were found.");
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"`(?<class>[A-Z]\w+Tests)(\.(?<test>\w+))?`")]
    private static partial Regex Names();
}
