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
    // float32 probabilities; processors differ in the last places.
    private static readonly PastedPage Readme = new("README.md", 1e-5);

    [Fact]
    public async Task Request_OfTheReadme_GetsItsAnswer()
    {
        var body = Regex.Match(Readme.Block("request"), "-d '(.*)'", RegexOptions.Singleline).Groups[1].Value;

        using var response = await intent.App.PostAsync("api/score/intent", body);

        Readme.AssertSays("answer", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Refusal_OfTheReadme_IsWhatABadMonthGets()
    {
        var body = JsonNode.Parse(Readme.Block("message"))!;
        var request = new JsonObject { ["instances"] = new JsonArray(body["instances"]![1]!.DeepClone()) };

        using var response = await intent.App.PostAsync("api/score/intent", request.ToJsonString());

        Readme.AssertSays("refusal", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Message_OfTheReadme_GetsItsResult()
    {
        await new QueueClient(intent.Storage.ConnectionString, "score-requests").SendMessageAsync(Readme.Block("message"));

        var output = new BlobClient(intent.Storage.ConnectionString, "scores", "small-1.jsonl");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await output.ExistsAsync(limit.Token))
        {
            await Task.Delay(100, limit.Token);
        }

        var lines = (await output.DownloadContentAsync(limit.Token)).Value.Content.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var expected = Readme.Block("result").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, lines.Length);
        for (var line = 0; line < lines.Length; line++)
        {
            Readme.AssertSame(JsonNode.Parse(expected[line])!, JsonNode.Parse(lines[line])!);
        }
    }

    [Fact]
    public async Task Commands_OfTheReadme_RunAsPastedInTheirOrder()
    {
        string[] marks = ["request", "job", "publish", "next"];
        Assert.Equal(marks, marks.OrderBy(mark => Readme.Text.IndexOf($"<!-- {mark} -->", StringComparison.Ordinal)));

        var said = await Readme.RunAsync(marks, intent.App, intent.Storage.ConnectionString);

        Readme.AssertSays("answer", said["request"]);
        Assert.StartsWith("""{"index":0,"label":""", said["job"].Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(Readable(Readme.Block("published")), Readable(said["publish"]));
        Readme.AssertSays("called", said["next"]);
    }

    [Fact]
    public void Readme_IsShorterThanTwoHundredLines() => Assert.InRange(Readme.Text.Split('\n').Length, 1, 199);

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

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();
}
