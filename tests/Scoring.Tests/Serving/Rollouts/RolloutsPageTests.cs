using TestCommon;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>docs/rollouts.md against the tests. It shortens their names: <c>Class.Member_…</c>, <c>…OfTheSameClass_…</c>, or a class alone.</summary>
public sealed class RolloutsPageTests
{
    [Fact]
    public void WhatHappens_EachLine_NamesTestsThatAreThere()
    {
        var page = File.ReadAllText(Checkout.PathTo("docs", "rollouts.md"));
        var table = page[page.IndexOf("## What happens when", StringComparison.Ordinal)..page.IndexOf("## The schedule", StringComparison.Ordinal)];
        var rows = table.Split('\n').Where(line => line.StartsWith('|')).Skip(2).ToArray();

        Assert.True(rows.Length > 20);
        Assert.All(rows, row =>
        {
            var names = row.Split('|')[^2].Split('`').Where((_, index) => index % 2 == 1).ToArray();
            Assert.NotEmpty(names);
            var inClass = "";
            foreach (var name in names)
            {
                var parts = name.Split('.');
                inClass = name.StartsWith('…') ? inClass : Class(parts[0]);
                Assert.Contains(parts.Length == 2 ? $" {parts[1].TrimEnd('…')}" : name.StartsWith('…') ? name.Trim('…') : $"class {name}", inClass, StringComparison.Ordinal);
            }
        });
    }

    private static string Class(string name) => File.ReadAllText(Assert.Single(Directory.EnumerateFiles(Checkout.PathTo("tests"), $"{name}.cs", SearchOption.AllDirectories)));
}
