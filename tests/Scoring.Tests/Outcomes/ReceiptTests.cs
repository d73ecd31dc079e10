using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Outcomes;
using Scoring.Protocol;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Tests.Outcomes;

/// <summary>Receipts: what they say, and that they say nothing else to anybody else.</summary>
public sealed class ReceiptTests : IAsyncLifetime
{
    private readonly OutcomeHost host = new OutcomeHost().With("shop", OutcomeHost.Shop);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Score_AskedForReceipts_GivesEachPredictionItsOwn()
    {
        var predictions = await host.ScoreAsync("shop", "[[0.25,0.75],[0.25,0.75]]");

        Assert.Equal(2, predictions.Select(prediction => (string?)prediction!["receipt"]).OfType<string>().Distinct().Count());
        Assert.All(predictions, prediction => Assert.InRange(((string)prediction!["receipt"]!).Length, 40, 120));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"receipts":false}""")]
    [InlineData("""{"receipts":null}""")]
    public async Task Score_NotAsked_GivesNone(string parameters) =>
        Assert.Null((await host.ScoreAsync("shop", "[[0.25,0.75]]", parameters: parameters))[0]!["receipt"]);

    [Fact]
    public async Task Score_ModelWantsReceipts_GivesThemUnlessTheRequestSaysNo()
    {
        host.With("wants", OutcomeHost.Shop.Replace("{\"task", "{\"receipts\":true,\"task", StringComparison.Ordinal));

        Assert.NotNull((await host.ScoreAsync("wants", "[[0.25,0.75]]", parameters: "{}"))[0]!["receipt"]);
        Assert.Null((await host.ScoreAsync("wants", "[[0.25,0.75]]", parameters: """{"receipts":false}"""))[0]!["receipt"]);
    }

    [Fact]
    public async Task Score_AskedWithoutAKey_IsRefusedWithTheSetting()
    {
        await using var bare = new OutcomeHost(settings: ("Scoring:ReceiptKey", null)).With("shop", OutcomeHost.Shop).With("wants", OutcomeHost.Shop.Replace("{\"task", "{\"receipts\":true,\"task", StringComparison.Ordinal));

        var asked = await Assert.ThrowsAsync<ScoringException>(() => bare.ScoreAsync("shop", "[[0,1]]"));
        var wanted = await Assert.ThrowsAsync<ScoringException>(() => bare.ScoreAsync("wants", "[[0,1]]", parameters: "{}"));

        Assert.Equal((ErrorCode.InvalidValue, "/parameters/receipts"), (asked.Code, Assert.Single(asked.Faults).Pointer));
        Assert.Equal(ErrorCode.ModelUnavailable, wanted.Code);
        Assert.All([asked, wanted], refused => Assert.Contains("Scoring__ReceiptKey", refused.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"task":"none"}""")]
    [InlineData("""{"task":"embedding"}""")]
    public async Task Score_TaskWithoutReceipts_IsRefused(string config)
    {
        host.With("other", config);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync("other", "[[0,1]]"));
        Assert.Equal((ErrorCode.InvalidValue, "/parameters/receipts"), (refused.Code, Assert.Single(refused.Faults).Pointer));
        Assert.Throws<ScoringException>(() => ModelConfigReader.Read(Encoding.UTF8.GetBytes(config.Replace("}", ",\"receipts\":true}", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Read_OfAClassification_SaysWhatWasAnswered()
    {
        var receipt = await ReadAsync("shop", "[0.25,0.75]");

        Assert.Equal(("shop", 1, host.Time.GetUtcNow()), (receipt.Model, receipt.Version, receipt.Issued));
        Assert.Equal((2, 1), (receipt.LabelCount, receipt.Best));
        Assert.Equal(16, receipt.Content.Length);
        AssertQuantized([0.25, 0.75], receipt.Probabilities);
    }

    [Fact]
    public async Task Read_OfAMultilabel_SaysWhatWasDecidedFor()
    {
        host.With("tags", """{"task":"multilabel","labels":["a","b","c"],"thresholds":{"c":0.05},"outputs":{"probabilities":"y"}}""", width: 3);

        var receipt = await ReadAsync("tags", "[0.9,0.2,0.1]");

        Assert.Equal([0, 2], receipt.Decided);
        AssertQuantized([0.9, 0.2, 0.1], receipt.Probabilities);
    }

    [Fact]
    public async Task Read_OfARegression_SaysTheValueExactly()
    {
        host.With("price", """{"task":"regression"}""", width: 1);

        Assert.Equal((double)19.99f, (await ReadAsync("price", "[19.99]")).Value);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1024)]
    public async Task Read_OfManyLabels_HasTheGreatestAndSharesTheRest(int labels)
    {
        var names = string.Join(',', Enumerable.Range(0, labels).Select(label => $"\"l{label}\""));
        host.With("wide", $$$"""{"task":"classification","labels":[{{{names}}}],"outputs":{"probabilities":"y"}}""", width: labels);
        var given = Enumerable.Range(1, labels).Select(label => label * 2.0 / (labels * (labels + 1.0))).ToArray();

        var receipt = await ReadAsync("wide", JsonSerializer.Serialize(given));

        Assert.Equal((labels, labels - 1), (receipt.LabelCount, receipt.Best));
        AssertQuantized(given[^32..], [.. receipt.Probabilities.TakeLast(32)]);

        // Each of the 32 is off by at most half a step, and so is the rest.
        Assert.Equal(1, receipt.Probabilities.Sum(), 33 * 0.5 / 65535 + 1e-4);
        Assert.True(receipt.Probabilities.SkipLast(32).Distinct().Count() <= 1);
    }

    [Fact]
    public async Task Score_MoreLabelsThanReceiptsTake_IsRefused()
    {
        host.With("wider", """{"task":"classification","outputs":{"probabilities":"y"}}""", width: 1025);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => host.ScoreAsync("wider", $"[[{string.Join(',', Enumerable.Repeat("0.1", 1025))}]]"));
        Assert.Contains("at most 1024", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ProbabilityThatIsNoNumber_GivesThatPredictionNone()
    {
        host.With("gaps", OutcomeHost.Shop.Replace("{\"task", """{"features":[{"name":"a","type":"number","missing":"nan"},{"name":"b","type":"number"}],"task""", StringComparison.Ordinal));

        var predictions = await host.ScoreAsync("gaps", """[{"a":null,"b":0.75},{"a":0.25,"b":0.75}]""");

        Assert.Null(predictions[0]!["receipt"]);
        Assert.NotNull(predictions[1]!["receipt"]);
    }

    [Fact]
    public async Task Read_AlteredAnywhere_IsRefused()
    {
        var text = await host.ReceiptAsync("shop", "[0.25,0.75]");
        var reader = Reader(OutcomeHost.Key);
        Assert.Null(reader.Read(text, out _));

        var bytes = Base64Url.DecodeFromChars(text);
        Assert.All(Enumerable.Range(0, bytes.Length), at =>
        {
            var altered = bytes.ToArray();
            altered[at] ^= 1;
            Assert.Contains(reader.Read(Base64Url.EncodeToString(altered), out _)!.Reason, new[] { "forged", "malformed", "unknown_key" });
        });
        Assert.All(Enumerable.Range(0, text.Length), at =>
        {
            var altered = text.ToCharArray();
            altered[at] = altered[at] == 'A' ? 'B' : 'A';
            Assert.NotNull(reader.Read(new string(altered), out var receipt));
            Assert.Null(receipt);
        });
        Assert.All(Enumerable.Range(0, text.Length), length => Assert.NotNull(reader.Read(text[..length], out _)));
        Assert.All(["=", "A", " ", "\n", "."], more => Assert.Equal("malformed", reader.Read(text + more, out _)!.Reason));
    }

    [Fact]
    public async Task Read_AnotherSpellingOfTheSameBytes_IsMalformed()
    {
        // The last character of some lengths has bits that no byte needs.
        host.With("shops", OutcomeHost.Shop).With("shops2", OutcomeHost.Shop);
        var spelled = 0;
        foreach (var model in (string[])["shop", "shops", "shops2"])
        {
            var text = await host.ReceiptAsync(model, "[0.25,0.75]");
            var unused = text.Length % 4 == 0 ? 0 : 1;
            spelled += unused;
            var last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".IndexOf(text[^1], StringComparison.Ordinal);
            var other = text[..^1] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1];
            Assert.NotNull(Reader(OutcomeHost.Key).Read(other, out _));
        }

        Assert.InRange(spelled, 1, 3);
    }

    [Fact]
    public async Task Read_ByKeys_TakesThePresentAndThePreviousAlone()
    {
        var text = await host.ReceiptAsync("shop", "[0.25,0.75]");

        Assert.Equal("unknown_key", Reader(OutcomeHost.OtherKey).Read(text, out _)!.Reason);
        Assert.Null(Reader(OutcomeHost.OtherKey, OutcomeHost.Key).Read(text, out _));
    }

    [Fact]
    public async Task Score_WithReceipts_AllocatesNoMorePerRequest()
    {
        var model = await LoadAsync();
        using var batch = model.RentBatch();
        var plain = Allocated(batch, null);
        var signed = Allocated(batch, host.Issuer);

        Assert.Equal(plain, signed);
        model.Dispose();
    }

    [Fact]
    public async Task Read_AJobsLineTwice_IsTheSameReceipt()
    {
        var model = await LoadAsync();
        using var batch = model.RentBatch();
        var stamp = new ReceiptStamp("job-1", 1_700_000_000, 7);

        var first = Stamped(batch, stamp);

        Assert.Equal(first, Stamped(batch, stamp));
        Assert.All(
            [stamp with { Line = 8 }, stamp with { Job = "job-2" }, stamp with { Issued = 1_700_000_001 }],
            other => Assert.NotEqual(Nonce(first), Nonce(Stamped(batch, other))));
        model.Dispose();
    }

    private static string Nonce(string text)
    {
        Assert.Null(Reader(OutcomeHost.Key).Read(text, out var receipt));
        return receipt!.Nonce;
    }

    private static void AssertQuantized(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Length, actual.Count);

        // Half a step of 1/65535, and what float32 and six digits leave out.
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, (0.5 / 65535) + 1e-6));
    }

    private static ReceiptReader Reader(string key, string? previous = null) => new(new ReceiptKeys(ReceiptKey.TryParse(key), previous is null ? null : ReceiptKey.TryParse(previous)));

    private async Task<Receipt> ReadAsync(string model, string instance)
    {
        Assert.Null(Reader(OutcomeHost.Key).Read(await host.ReceiptAsync(model, instance), out var receipt));
        return receipt!;
    }

    private Task<LoadedModel> LoadAsync()
    {
        var folder = Path.Combine(host.Models, "shop", "1");
        var hash = new string('a', 64);
        return Task.FromResult(LoadedModel.Load(new ModelPackage("shop", "1", hash, folder, folder), SessionSettings.Plain));
    }

    private static long Allocated(ScoringBatch batch, ReceiptIssuer? issuer)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1 << 16);
        using var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        var body = Encoding.UTF8.GetBytes("""{"instances":[[0.25,0.75]],"parameters":{"receipts":true}}""");
        const int Times = 200;
        for (var warm = 0; warm < Times; warm++)
        {
            Once();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < Times; time++)
        {
            Once();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Once()
        {
            batch.Clear();
            buffer.ResetWrittenCount();
            writer.Reset();
            var parameters = ScoreRequest.Read(body, batch, 1);
            batch.Run(CancellationToken.None);
            ScoreResponse.Write(writer, batch, parameters, metrics: null, issuer);
        }
    }

    private string Stamped(ScoringBatch batch, ReceiptStamp stamp)
    {
        batch.Clear();
        ScoreRequest.Read("""{"instances":[[0.25,0.75]]}"""u8, batch, 1);
        batch.Run(CancellationToken.None);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            batch.WritePrediction(writer, 0, new PredictionOptions(Receipts: host.Issuer, Stamp: stamp));
        }

        return (string)JsonNode.Parse(stream.ToArray())!["receipt"]!;
    }
}
