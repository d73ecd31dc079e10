using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scoring.Configuration;
using Scoring.Outcomes;
using Scoring.Outcomes.Captures;
using Scoring.Outcomes.Reading;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Outcomes;

/// <summary>Requests that are kept: which, what of them, when they are dropped, and for how long.</summary>
public sealed class CaptureTests : IDisposable
{
    private const string Answer = """{"model":"m","version":"1","predictions":[{"label":"a","probability":0.9,"probabilities":{"a":0.9,"b":0.1}}]}""";

    private static readonly string[] Features = ["age", "city", "email"];

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScoringMetrics metrics;

    public CaptureTests() => metrics = new ScoringMetrics(new ColdStartClock(time), time);

    public void Dispose()
    {
        metrics.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("""{"features":["age","city"]}""", "age, city")]
    [InlineData("""{"without":["email"]}""", "age, city")]
    [InlineData("""{"share":1}""", "age, city, email")]
    public async Task Add_FeaturesNamedOrLeftOut_KeepsThoseAloneAndNothingUnknown(string capture, string kept)
    {
        using var writer = Writer(new FolderOutcomeStore(folder.Root));

        Capture(writer, Config(capture), """{"age":31,"city":"Köln \"am\" Rhein","email":"x@example.com","secret":"of no feature"}""");
        await writer.StopAsync(CancellationToken.None);

        var (path, text) = Assert.Single(Stored());
        Assert.Matches("^m/1/2026-03-01/120000-[0-9a-f]{32}\\.jsonl$", path);
        var line = JsonNode.Parse(Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.AsObject();
        Assert.Equal(kept, string.Join(", ", line.Select(member => member.Key).Where(name => !name.StartsWith("captured.", StringComparison.Ordinal))));
        Assert.Equal(("Köln \"am\" Rhein", 31, "1", 0.9), ((string?)line["city"], (int)line["age"]!, (string?)line["captured.version"], (double)line["captured.prediction"]!["probabilities"]!["a"]!));
        Assert.Equal(1, metrics.CountBy(MetricNames.Captures, MetricDimensions.Outcome)["kept"]);
    }

    [Fact]
    public async Task Add_InstanceThatIsTheValueItself_GetsTheOnlyFeaturesName()
    {
        using var writer = Writer(new FolderOutcomeStore(folder.Root));

        writer.Add(writer.Choose(Config("{}"), "m", "1", ["text"], Body("\"a text\""))!, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Answer)));
        await writer.StopAsync(CancellationToken.None);

        Assert.StartsWith("{\"text\":\"a text\",", Assert.Single(Stored()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_Share_IsTheShareOfRequests()
    {
        var chance = 0;
        using var writer = Writer(new FolderOutcomeStore(folder.Root), () => chance++ % 100 / 100.0);

        var chosen = Enumerable.Range(0, 1000).Count(_ => writer.Choose(Config("""{"share":0.05}"""), "m", "1", Features, Body("{}")) is not null);

        Assert.Equal(50, chosen);
        Assert.Null(writer.Choose(null, "m", "1", Features, Body("{}")));
    }

    [Fact]
    public async Task Add_StorageAway_DropsWhatIsBeyondTheBoundCountsItAndWritesTheRestOnceItIsBack()
    {
        var store = new AwayStore(new FolderOutcomeStore(folder.Root)) { IsAway = true };
        using var writer = Writer(store);
        Capture(writer, Config("{}"), """{"age":0}""");
        await PassUntilAsync(() => store.Tries > 0);

        for (var request = 0; request < 5000; request++)
        {
            Capture(writer, Config("{}"), """{"age":1}""");
        }

        var dropped = metrics.CountBy(MetricNames.Captures, MetricDimensions.Outcome)["dropped"];
        Assert.InRange(dropped, 1, 4999);
        store.IsAway = false;
        await PassUntilAsync(() => metrics.CountBy(MetricNames.Captures, MetricDimensions.Outcome).GetValueOrDefault("kept") == 5001 - dropped);

        Assert.Equal(5001 - dropped, Stored().Sum(file => file.Text.Count(character => character == '\n')));
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Stop_StorageAway_GivesUpAndCounts()
    {
        using var writer = Writer(new AwayStore(new FolderOutcomeStore(folder.Root)) { IsAway = true });
        Capture(writer, Config("{}"), """{"age":0}""");

        var stop = writer.StopAsync(CancellationToken.None);
        await PassUntilAsync(() => stop.IsCompleted);

        Assert.Equal(1, metrics.CountBy(MetricNames.Captures, MetricDimensions.Outcome)["dropped"]);
    }

    [Fact]
    public async Task Add_DaysThatAreOver_AreDeleted()
    {
        foreach (var day in (string[])["2026-02-20", "2026-02-21", "2026-02-22", "2026-02-28"])
        {
            Directory.CreateDirectory(folder.PathTo("m", "1", day));
            File.WriteAllText(folder.PathTo("m", "1", day, "000000-a.jsonl"), "{}\n");
        }

        using var writer = Writer(new FolderOutcomeStore(folder.Root));
        Capture(writer, Config("""{"days":7}"""), """{"age":0}""");
        await writer.StopAsync(CancellationToken.None);

        Assert.Equal(["2026-02-22", "2026-02-28", "2026-03-01"], Stored().Select(file => file.Path.Split('/')[2]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"share":0}""", "/capture/share: found 0; expected more than 0 and at most 1")]
    [InlineData("""{"days":91}""", "/capture/days: found 91; expected a whole number, 1 to 90")]
    [InlineData("""{"features":["agee"]}""", "/capture/features: 'agee' is no feature")]
    [InlineData("""{"features":["age"],"without":["city"]}""", "/capture/without: found it beside features")]
    [InlineData("""{"portion":1}""", "/capture/portion: not a property here")]
    public void Read_WrongCapture_IsRefusedByName(string capture, string fault) =>
        Assert.Contains(fault, Assert.Throws<ScoringException>(() => Config(capture)).Message, StringComparison.Ordinal);

    private CaptureWriter Writer(IOutcomeStore store, Func<double>? next = null) =>
        new(new CaptureStorage(store, new FolderOutcomeFiles(folder.Root)), metrics, time, NullLogger<CaptureWriter>.Instance, next ?? (() => 0));

    private static void Capture(CaptureWriter writer, CaptureConfig config, string instance)
    {
        if (writer.Choose(config, "m", "1", Features, Body(instance)) is { } request)
        {
            writer.Add(request, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Answer)));
        }
    }

    private static CaptureConfig Config(string capture) =>
        ModelConfigReader.Read(Encoding.UTF8.GetBytes($$"""{"features":[{"name":"age","type":"number"},{"name":"city","type":"category","values":["a"]},{"name":"email","type":"boolean"}],"capture":{{capture}} }""")).Capture!;

    private static byte[] Body(string instance) => Encoding.UTF8.GetBytes($$"""{"instances":[{{instance}}]}""");

    private List<(string Path, string Text)> Stored() =>
        [.. Directory.EnumerateFiles(folder.Root, "*.jsonl", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(folder.Root, file).Replace('\\', '/'), File.ReadAllText(file)))];

    // The writer waits for the clock, on a thread of its own.
    private async Task PassUntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            time.Advance(CaptureWriter.FlushEvery);
            await Task.Yield();
        }
    }

    private sealed class AwayStore(IOutcomeStore inner) : IOutcomeStore
    {
        private int tries;

        public bool IsAway { get; set; }

        public int Tries => Volatile.Read(ref tries);

        public Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref tries);
            return IsAway ? Task.FromException<bool>(new IOException("away")) : inner.WriteOnceAsync(path, lines, cancellationToken);
        }

        public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.ReplaceAsync(path, content, cancellationToken);
    }
}
