using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>A page of the project with marked blocks: commands that a user pastes, and what they are shown to say.</summary>
internal sealed class PastedPage(string path, double tolerance)
{
    /// <summary>The page as it stands.</summary>
    public string Text { get; } = File.ReadAllText(Checkout.PathTo(path));

    /// <summary>What stands in the block behind <c>&lt;!-- mark --&gt;</c>.</summary>
    public string Block(string mark) => Regex.Match(Text, $"<!-- {mark} -->\\s*```\\w*\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Trim();

    /// <summary>
    /// Pastes commands in their order into one shell that stands in the folder of the clone. The test's own app takes the place of the one on port 7071, and its
    /// own storage that of the emulator.
    /// </summary>
    /// <returns>What each said, by its mark.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(IReadOnlyList<string> marks, RunningApp app, string storage)
    {
        using var clone = new TemporaryFolder();
        Directory.CreateDirectory(clone.PathTo(".dev"));
        await File.WriteAllTextAsync(clone.PathTo(".dev", "function-key"), RunningApp.FunctionKey);

        // A copy may be run as the file may; what it holds leads to the checkout.
        File.Copy(Checkout.PathTo("dev"), clone.PathTo("dev"));
        await File.WriteAllTextAsync(clone.PathTo("dev"), $"#!/bin/bash\nexec '{Checkout.PathTo("dev")}' \"$@\"\n");
        Directory.CreateSymbolicLink(clone.PathTo("samples"), Checkout.PathTo("samples"));
        var script = $"cd '{clone.Root}'\n" + string.Join("\n", marks.Select(mark => $"{Block(mark)}\necho; echo '== a command ended'"));
        await File.WriteAllTextAsync(clone.PathTo("pasted.sh"), script.Replace("http://127.0.0.1:7071/", app.Client.BaseAddress!.ToString(), StringComparison.Ordinal));

        var run = await Dev.DevCommand.RunAsync(clone.PathTo("pasted.sh"), [], new() { ["Storage"] = storage });

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return marks.Zip(run.Output.Split("\n== a command ended\n")).ToDictionary(part => part.First, part => part.Second.Trim());
    }

    /// <summary>The block of a mark is what was said: the same members in the same order, and numbers within the tolerance.</summary>
    public void AssertSays(string mark, string said) => AssertSame(JsonNode.Parse(Block(mark))!, JsonNode.Parse(said)!);

    /// <summary>The same members in the same order, and numbers within the tolerance.</summary>
    public void AssertSame(JsonNode expected, JsonNode actual)
    {
        switch (expected)
        {
            case JsonObject properties:
                Assert.Equal(properties.Select(property => property.Key), actual.AsObject().Select(property => property.Key));
                Assert.All(properties, property => AssertSame(property.Value!, actual[property.Key]!));
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual.AsArray().Count);
                Assert.All(Enumerable.Range(0, items.Count), index => AssertSame(items[index]!, actual[index]!));
                break;
            case JsonValue number when number.TryGetValue<double>(out var value):
                Assert.Equal(value, (double)actual, tolerance);
                break;
            default:
                Assert.Equal((string?)expected, (string?)actual);
                break;
        }
    }
}
