using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Scoring;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>What the README shows is what the app answers; the pages beside it name every setting and code, and their links lead somewhere.</summary>
public sealed partial class ReadmeTests(IntentApp intent) : IClassFixture<IntentApp>
{
    /// <summary>float32 probabilities; processors differ in the last places.</summary>
    private const double Tolerance = 1e-5;

    private static readonly string Readme = File.ReadAllText(Checkout.PathTo("README.md"));

    [Fact]
    public async Task Request_OfTheReadme_GetsItsAnswer()
    {
        var body = Regex.Match(Block("request"), "-d '(.*)'", RegexOptions.Singleline).Groups[1].Value;

        using var response = await intent.App.PostAsync("api/score/intent", body);

        AssertSame(JsonNode.Parse(Block("answer"))!, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    [Fact]
    public async Task Refusal_OfTheReadme_IsWhatABadMonthGets()
    {
        var body = JsonNode.Parse(Block("message"))!;
        var request = new JsonObject { ["instances"] = new JsonArray(body["instances"]![1]!.DeepClone()) };

        using var response = await intent.App.PostAsync("api/score/intent", request.ToJsonString());

        AssertSame(JsonNode.Parse(Block("refusal"))!, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    [Fact]
    public async Task Message_OfTheReadme_GetsItsResult()
    {
        await new QueueClient(intent.Storage.ConnectionString, "score-requests").SendMessageAsync(Block("message"));

        var output = new BlobClient(intent.Storage.ConnectionString, "scores", "small-1.jsonl");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await output.ExistsAsync(limit.Token))
        {
            await Task.Delay(100, limit.Token);
        }

        var lines = (await output.DownloadContentAsync(limit.Token)).Value.Content.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var expected = Block("result").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, lines.Length);
        for (var line = 0; line < lines.Length; line++)
        {
            AssertSame(JsonNode.Parse(expected[line])!, JsonNode.Parse(lines[line])!);
        }
    }

    /// <summary>
    /// The commands beside a running ./dev up, pasted in their order into one shell that stands in the folder of the clone. The test's own app takes the place
    /// of the one on port 7071, and its own storage that of the emulator.
    /// </summary>
    [Fact]
    public async Task Commands_OfTheReadme_RunAsPastedInTheirOrder()
    {
        using var clone = new TemporaryFolder();
        Directory.CreateDirectory(clone.PathTo(".dev"));
        await File.WriteAllTextAsync(clone.PathTo(".dev", "function-key"), RunningApp.FunctionKey);

        // A copy may be run as the file may; what it holds leads to the checkout.
        File.Copy(Checkout.PathTo("dev"), clone.PathTo("dev"));
        await File.WriteAllTextAsync(clone.PathTo("dev"), $"#!/bin/bash\nexec '{Checkout.PathTo("dev")}' \"$@\"\n");
        Directory.CreateSymbolicLink(clone.PathTo("samples"), Checkout.PathTo("samples"));
        string[] marks = ["request", "job", "publish", "next"];
        Assert.Equal(marks, marks.OrderBy(mark => Readme.IndexOf($"<!-- {mark} -->", StringComparison.Ordinal)));
        var script = $"cd '{clone.Root}'\n" + string.Join("\n", marks.Select(mark => $"{Block(mark)}\necho; echo '== {mark} ended'"));
        await File.WriteAllTextAsync(clone.PathTo("pasted.sh"), script.Replace("http://127.0.0.1:7071/", intent.App.Client.BaseAddress!.ToString(), StringComparison.Ordinal));

        var run = await Dev.DevCommand.RunAsync(clone.PathTo("pasted.sh"), [], new() { ["Storage"] = intent.Storage.ConnectionString });

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var said = marks.Zip(Regex.Split(run.Output, "\n== \\w+ ended\n")).ToDictionary(part => part.First, part => part.Second.Trim());
        AssertSame(JsonNode.Parse(Block("answer"))!, JsonNode.Parse(said["request"])!);
        Assert.StartsWith("""{"index":0,"label":""", said["job"].Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(Readable(Block("published")), Readable(said["publish"]));
        AssertSame(JsonNode.Parse(Block("called"))!, JsonNode.Parse(said["next"])!);
    }

    [Fact]
    public void Readme_IsShorterThanTwoHundredLines() => Assert.InRange(Readme.Split('\n').Length, 1, 199);

    [Fact]
    public void Configuration_EveryOption_IsInItsPage()
        => Assert.All(
            typeof(ScoringOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            option => Assert.Matches($"\\| .*`{option.Name}`", Read("docs/configuration.md")));

    [Fact]
    public void Errors_EveryCode_IsInItsPage()
        => Assert.All(Enum.GetValues<ErrorCode>(), code => Assert.Matches($"\\| .*`{code.Name()}`", Read("docs/errors.md")));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string page)
        => Assert.All(
            Link().Matches(Read(page)).Select(link => link.Groups[1].Value).Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !target.StartsWith('#')),
            target => Assert.True(Path.Exists(Checkout.PathTo(Path.GetDirectoryName(page)!, target.Split('#')[0])), target));

    public static TheoryData<string> Pages() =>
    [
        "src/Scoring/README.md", "bench/README.md", "tests/Clients/README.md",
        .. Directory.GetFiles(Checkout.Root, "*.md").Concat(Directory.GetFiles(Checkout.PathTo("docs"), "*.md", SearchOption.AllDirectories)).Select(path => Path.GetRelativePath(Checkout.Root, path)),
    ];

    private static string Read(string page) => File.ReadAllText(Checkout.PathTo(page));

    // Where it was published to, its hash and its size are those of the one run that is shown.
    private static string Readable(string published) => Regex.Replace(published, @"to \S+ \(.*\)", "to … (…)");

    private static string Block(string mark)
        => Regex.Match(Readme, $"<!-- {mark} -->\\s*```\\w*\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Trim();

    private static void AssertSame(JsonNode expected, JsonNode actual)
    {
        switch (expected)
        {
            case JsonObject properties:
                Assert.Equal(properties.Select(property => property.Key), actual.AsObject().Select(property => property.Key));
                foreach (var (name, value) in properties)
                {
                    AssertSame(value!, actual[name]!);
                }

                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual.AsArray().Count);
                for (var index = 0; index < items.Count; index++)
                {
                    AssertSame(items[index]!, actual[index]!);
                }

                break;
            case JsonValue number when number.TryGetValue<double>(out var value):
                Assert.Equal(value, (double)actual, Tolerance);
                break;
            default:
                Assert.Equal((string?)expected, (string?)actual);
                break;
        }
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
