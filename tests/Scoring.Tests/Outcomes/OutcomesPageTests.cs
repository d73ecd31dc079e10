using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>docs/outcomes.md against the tests.</summary>
public sealed class OutcomesPageTests
{
    [Fact]
    public void WhatHappens_EachLine_NamesATestThatIsThere()
    {
        var page = File.ReadAllText(Checkout.PathTo("docs", "outcomes.md"));
        var rows = page[page.IndexOf("## What happens when", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToArray();
        var code = string.Concat(Directory.EnumerateFiles(Checkout.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.True(rows.Length > 20);
        Assert.All(rows, row => Assert.Contains($" {row.Split('`')[^2]}(", code, StringComparison.Ordinal));
    }
}
