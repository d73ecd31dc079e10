using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>The tables of docs/outcomes.md and docs/drift.md against the tests.</summary>
public sealed class OutcomesPageTests
{
    [Theory]
    [InlineData("outcomes.md", 20)]
    [InlineData("drift.md", 10)]
    public void WhatHappens_EachLine_NamesATestThatIsThere(string file, int least)
    {
        var page = File.ReadAllText(Checkout.PathTo("docs", file));
        var rows = page[page.IndexOf("## What happens when", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToArray();
        var code = string.Concat(Directory.EnumerateFiles(Checkout.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.True(rows.Length > least);
        Assert.All(rows, row => Assert.Contains($" {row.Split('`')[^2]}(", code, StringComparison.Ordinal));
    }
}
