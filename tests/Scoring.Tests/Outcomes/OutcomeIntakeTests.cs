using System.Text.Json.Nodes;

namespace Scoring.Tests.Outcomes;

/// <summary>The rules by which outcomes are taken or refused; each line of the table in docs/outcomes.md on receipts and intake.</summary>
public sealed class OutcomeIntakeTests : IAsyncLifetime
{
    private readonly OutcomeHost host = new OutcomeHost().With("shop", OutcomeHost.Shop);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Take_GoodOutcome_IsStoredAsALine()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        host.Time.Advance(TimeSpan.FromMinutes(30));

        var report = await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{receipt}}","label":"purchase","weight":2.5}]}""");

        Assert.Equal((1, 0), (report.Accepted, report.Refused.Count));
        var (path, text) = Assert.Single(host.Stored());
        Assert.Matches("^shop/1/2026-03-01/[0-9a-f]{32}\\.jsonl$", path);
        var line = Assert.Single(OutcomeHost.LinesOf(text)).AsObject();
        Assert.Equal(
            ["nonce", "model", "version", "content", "issued", "received", "task", "predicted", "probabilities", "label", "index", "weight"], line.Select(member => member.Key));
        Assert.Equal(("shop", 1, "classification", "purchase"), ((string?)line["model"], (int)line["version"]!, (string?)line["task"], (string?)line["predicted"]));
        Assert.Equal(("2026-03-01T12:00:00Z", "2026-03-01T12:30:00Z"), ((string?)line["issued"], (string?)line["received"]));
        Assert.Equal(("purchase", 1, 2.5), ((string?)line["label"], (int)line["index"]!, (double)line["weight"]!));
        Assert.Equal([0.250004, 0.749996], line["probabilities"]!.AsArray().Select(probability => (double)probability!));
        Assert.Equal((16, 16), (((string)line["nonce"]!).Length, ((string)line["content"]!).Length));
    }

    [Fact]
    public async Task Take_SingleOutcomeWithoutList_IsStored()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        Assert.Equal(1, (await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""")).Accepted);
        Assert.Equal(("purchase", "browse", 0), Single("predicted", "label"));
        Assert.Null(host.Lines()[0]["weight"]);
    }

    [Fact]
    public async Task Take_OfAMultilabel_HasLabelsAndTheirIndexes()
    {
        host.With("tags", """{"task":"multilabel","labels":["a","b","c"],"outputs":{"probabilities":"y"}}""", width: 3);
        var receipt = await host.ReceiptAsync("tags", "[0.9,0.2,0.7]");

        Assert.Equal(1, (await host.TakeAsync($$"""{"receipt":"{{receipt}}","labels":["b"]}""")).Accepted);

        var line = Assert.Single(host.Lines());
        Assert.Equal(["a", "c"], line["predicted"]!.AsArray().Select(label => (string?)label));
        Assert.Equal(["b"], line["labels"]!.AsArray().Select(label => (string?)label));
        Assert.Equal([1], line["index"]!.AsArray().Select(index => (int)index!));
        Assert.Equal("multilabel", (string?)line["task"]);
    }

    [Fact]
    public async Task Take_OfARegression_HasValuesAndNoProbabilities()
    {
        host.With("price", """{"task":"regression"}""", width: 1);
        var receipt = await host.ReceiptAsync("price", "[20.5]");

        Assert.Equal(1, (await host.TakeAsync($$"""{"receipt":"{{receipt}}","value":21}""")).Accepted);

        var line = Assert.Single(host.Lines());
        Assert.Equal(("regression", 20.5, 21.0), ((string?)line["task"], (double)line["predicted"]!, (double)line["value"]!));
        Assert.Null(line["probabilities"]);
    }

    [Fact]
    public async Task Take_OfNumberedLabels_KnowsThemByNumber()
    {
        host.With("numbered", """{"task":"classification","outputs":{"probabilities":"y"}}""");
        var receipt = await host.ReceiptAsync("numbered", "[0.25,0.75]");

        Assert.Equal(1, (await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":0}""")).Accepted);
        Assert.Equal(("1", "0", 0), Single("predicted", "label"));
    }

    [Theory]
    [InlineData("""{"receipt":"RECEIPT","label":"refund"}""", "unknown_label", "/outcomes/0/label", "browse, purchase")]
    [InlineData("""{"receipt":"RECEIPT","value":1}""", "invalid", "/outcomes/0", "expected it, since 'shop' is a classification")]
    [InlineData("""{"receipt":"RECEIPT","label":"browse","value":1}""", "invalid", "/outcomes/0", "more than one")]
    [InlineData("""{"receipt":"RECEIPT"}""", "invalid", "/outcomes/0", "nothing that came true")]
    [InlineData("""{"label":"browse"}""", "invalid", "/outcomes/0", "no \"receipt\"")]
    [InlineData("""{"receipt":"RECEIPT","label":"browse","price":3}""", "invalid", "/outcomes/0/price", "not a property")]
    [InlineData("""{"receipt":"RECEIPT","label":"browse","weight":0}""", "invalid", "/outcomes/0/weight", "above 0")]
    [InlineData("""{"receipt":"RECEIPT","label":["browse"]}""", "invalid", "/outcomes/0/label", "an array")]
    [InlineData("""{"receipt":7,"label":"browse"}""", "invalid", "/outcomes/0/receipt", "the number 7")]
    [InlineData("""{"receipt":"nonsense","label":"browse"}""", "malformed", "/outcomes/0/receipt", "no receipt")]
    [InlineData("17", "invalid", "/outcomes/0", "the number 17")]
    public async Task Take_BadOutcome_IsRefusedByNameAndPlace(string outcome, string reason, string pointer, string detail)
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        var report = await host.TakeAsync($$"""{"outcomes":[{{outcome.Replace("RECEIPT", receipt, StringComparison.Ordinal)}}]}""");

        var refused = Assert.Single(report.Refused);
        Assert.Equal((reason, pointer), (refused.Reason, refused.Pointer));
        Assert.Contains(detail, refused.Detail, StringComparison.Ordinal);
        Assert.Empty(host.Stored());
        Assert.Equal(ErrorCode.InvalidValue, report.Refusal!.Code);
        Assert.Contains(reason, report.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_UnknownLabelOfAMultilabel_IsNamedWithItsPlace()
    {
        host.With("tags", """{"task":"multilabel","labels":["a","b"],"outputs":{"probabilities":"y"}}""");
        var receipt = await host.ReceiptAsync("tags", "[0.9,0.2]");

        Assert.Equal("/outcomes/0/labels/1", Assert.Single((await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{receipt}}","labels":["a","z"]}]}""")).Refused).Pointer);
        Assert.Equal("invalid", Assert.Single((await host.TakeAsync($$"""{"receipt":"{{receipt}}","labels":["a","a"]}""")).Refused).Reason);
    }

    [Fact]
    public async Task Take_BadBesideGood_StoresTheGood()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        var report = await host.TakeAsync($$"""{"outcomes":[{"receipt":"nonsense","label":"browse"},{"receipt":"{{receipt}}","label":"browse"}]}""");

        Assert.Equal((1, "/outcomes/0/receipt"), (report.Accepted, Assert.Single(report.Refused).Pointer));
        Assert.Null(report.Refusal);
        Assert.Single(host.Lines());
    }

    [Fact]
    public async Task Take_ReceiptOfAModelThatIsNotHere_IsForeign()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        await using var other = new OutcomeHost().With("cars", OutcomeHost.Shop);

        Assert.Equal("foreign_model", Assert.Single((await other.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""")).Refused).Reason);
    }

    [Fact]
    public async Task Take_ReceiptOfAModelThatTheCallerMayNotUse_IsForbiddenAndTheOthersAreTaken()
    {
        host.With("other", OutcomeHost.Shop);
        var (own, foreign) = (await host.ReceiptAsync("shop", "[0.25,0.75]"), await host.ReceiptAsync("other", "[0.25,0.75]"));
        var body = $$"""{"outcomes":[{"receipt":"{{foreign}}","label":"browse"},{"receipt":"{{own}}","label":"browse"}]}""";

        var report = await host.Intake.TakeAsync(System.Text.Encoding.UTF8.GetBytes(body), CancellationToken.None, model => model == "shop");

        Assert.Equal((1, "/outcomes/0/receipt", "forbidden_model"), (report.Accepted, Assert.Single(report.Refused).Pointer, report.Refused[0].Reason));
        Assert.Equal("shop", (string?)Assert.Single(host.Lines())["model"]);
    }

    [Fact]
    public async Task Take_ReceiptOfOtherContentUnderTheVersionsNumber_IsForeign()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        await using var other = new OutcomeHost().With("shop", OutcomeHost.Shop.Replace("browse", "leave", StringComparison.Ordinal));

        var refused = Assert.Single((await other.TakeAsync($$"""{"receipt":"{{receipt}}","label":"purchase"}""")).Refused);

        Assert.Equal("foreign_model", refused.Reason);
        Assert.Contains("has the content", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_ReceiptOfAnEarlierVersion_GoesToThatVersion()
    {
        host.With("shop", OutcomeHost.Shop.Replace("browse", "leave", StringComparison.Ordinal), version: 2);
        var (first, second) = (await host.ReceiptAsync("shop", "[0.25,0.75]", "1"), await host.ReceiptAsync("shop", "[0.25,0.75]", "2"));

        var report = await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{first}}","label":"browse"},{"receipt":"{{second}}","label":"leave"}]}""");

        Assert.Equal(2, report.Accepted);
        Assert.Equal(["shop/1/2026-03-01", "shop/2/2026-03-01"], host.Stored().Keys.Select(path => Path.GetDirectoryName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Take_ReceiptOfAVersionThatLoadsNoMore_Counts()
    {
        using var folder = new TestCommon.TemporaryFolder();
        await using var before = new OutcomeHost(folder).With("draft", OutcomeHost.Shop);
        var publisher = new Scoring.Repository.PackagePublisher(Scoring.Repository.PackageRepository.Open(before.Models, Scoring.Repository.StorageConnection.OfConnectionString("UseDevelopmentStorage=true")));
        await publisher.PublishAsync(Path.Combine(before.Models, "draft", "1"), "published", null, makeLive: true, CancellationToken.None);
        var receipt = await before.ReceiptAsync("published", "[0.25,0.75]");
        await before.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(before.Models, "published", "1", "model.onnx"), "broken");
        Directory.Delete(folder.PathTo("cache"), recursive: true);
        await using var after = new OutcomeHost(folder);
        await Assert.ThrowsAnyAsync<ScoringException>(() => after.ReceiptAsync("published", "[0.25,0.75]"));

        Assert.Equal(1, (await after.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""")).Accepted);
        Assert.Equal("unknown_label", Assert.Single((await after.TakeAsync($$"""{"receipt":"{{receipt}}","label":"leave"}""")).Refused).Reason);
    }

    [Fact]
    public async Task Take_LaterThanTheLifetime_IsTooOld()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        host.Time.Advance(TimeSpan.FromDays(90));
        Assert.Equal(1, (await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""")).Accepted);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("too_old", Assert.Single((await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""")).Refused).Reason);
        Assert.StartsWith("shop/1/2026-05-30/", Assert.Single(host.Stored()).Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_KeyThatWasTurned_TakesReceiptsOfBoth()
    {
        using var folder = new TestCommon.TemporaryFolder();
        await using var before = new OutcomeHost(folder).With("shop", OutcomeHost.Shop);
        var old = await before.ReceiptAsync("shop", "[0.25,0.75]");
        await using var after = new OutcomeHost(folder, settings: [("Scoring:ReceiptKey", OutcomeHost.OtherKey), ("Scoring:PreviousReceiptKey", OutcomeHost.Key)]);
        var young = await after.ReceiptAsync("shop", "[0.25,0.75]");
        await using var later = new OutcomeHost(folder, settings: ("Scoring:ReceiptKey", OutcomeHost.OtherKey));

        Assert.Equal(2, (await after.TakeAsync($$"""{"outcomes":[{"receipt":"{{old}}","label":"browse"},{"receipt":"{{young}}","label":"browse"}]}""")).Accepted);
        Assert.Equal("unknown_key", Assert.Single((await later.TakeAsync($$"""{"receipt":"{{old}}","label":"browse"}""")).Refused).Reason);
    }

    [Fact]
    public async Task Take_WithoutAKey_SaysWhichSetting()
    {
        await using var bare = new OutcomeHost(settings: ("Scoring:ReceiptKey", null));

        var refused = await Assert.ThrowsAsync<ScoringException>(() => bare.TakeAsync("""{"outcomes":[]}"""));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("Scoring__ReceiptKey", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidJson)]
    [InlineData("[]", ErrorCode.InvalidJson)]
    [InlineData("""{"outcomes":{}}""", ErrorCode.InvalidJson)]
    [InlineData("""{"outcomes":[],"model":"shop"}""", ErrorCode.InvalidJson)]
    [InlineData("""{"outcomes":[],"outcomes":[]}""", ErrorCode.InvalidJson)]
    [InlineData("""{"outcomes":[{"receipt":"\ud800","label":"browse"}]}""", ErrorCode.InvalidJson)]
    public async Task Take_WhatIsNoListOfOutcomes_IsRefusedAsAWhole(string body, ErrorCode code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<ScoringException>(() => host.TakeAsync(body))).Code);

    [Fact]
    public async Task Take_AThousand_AreTakenAndOneMoreIsNot()
    {
        var predictions = await host.ScoreAsync("shop", $"[{string.Join(',', Enumerable.Repeat("[0.25,0.75]", 1001))}]");
        var outcomes = predictions.Select(prediction => $$"""{"receipt":"{{(string)prediction!["receipt"]!}}","label":"browse"}""").ToArray();

        Assert.Equal(1000, (await host.TakeAsync($$"""{"outcomes":[{{string.Join(',', outcomes[..1000])}}]}""")).Accepted);
        Assert.Equal(ErrorCode.TooManyInstances, (await Assert.ThrowsAsync<ScoringException>(() => host.TakeAsync($$"""{"outcomes":[{{string.Join(',', outcomes)}}]}"""))).Code);
        Assert.Equal(1000, host.Lines().Select(line => (string?)line["nonce"]).Distinct().Count());
    }

    [Fact]
    public async Task Take_MoreLabelsThanAnyModelHas_AreRefusedAndNoTextsAreMadeOfThem()
    {
        const int Count = 1_000_000;
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"outcomes":[{"receipt":"a","labels":[{{string.Join(',', Enumerable.Repeat('1', Count))}}]},{"receipt":"{{receipt}}","label":"browse"}]}""");

        // Each text of a digit would take 24 bytes.
        Assert.InRange(AllocatedByReading(body), 0, 4 * Count);
        var report = await host.Intake.TakeAsync(body, CancellationToken.None);
        Assert.Equal((1, "/outcomes/0/labels", "invalid"), (report.Accepted, report.Refused[0].Pointer, report.Refused[0].Reason));
        Assert.StartsWith("found 1000000 labels; expected at most 1024", report.Refused[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_ManyLabelsOfReceiptsThatNobodyGave_BecomeNoTexts()
    {
        const int Each = 1000;
        var labels = string.Join(',', Enumerable.Repeat('1', Each));
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"outcomes":[{{string.Join(',', Enumerable.Repeat($$"""{"receipt":"a","labels":[{{labels}}]}""", 1000))}}]}""");

        Assert.InRange(AllocatedByReading(body), 0, 4 * Each * 1000);
        var report = await host.Intake.TakeAsync(body, CancellationToken.None);
        Assert.Equal((0, 1000), (report.Accepted, report.Refused.Count(refused => refused.Reason == "malformed")));
    }

    private static long AllocatedByReading(byte[] body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Scoring.Outcomes.OutcomeRequest.Read(body);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Theory]
    [InlineData("""{"receipt":"RECEIPT","label":"browse","NAME":1}""")]
    [InlineData("""{"outcomes":[],"NAME":1}""")]
    [InlineData("""{"receipt":"NAME","label":"browse"}""")]
    [InlineData("""{"receipt":"RECEIPT","label":"NAME"}""")]
    public async Task Take_LongText_IsToldByItsBeginning(string body)
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        string told;
        try
        {
            var report = await host.TakeAsync(body.Replace("RECEIPT", receipt, StringComparison.Ordinal).Replace("NAME", new string('<', 1_000_000), StringComparison.Ordinal));
            told = report.Refused[0].Pointer + report.Refused[0].Detail;
        }
        catch (ScoringException refused)
        {
            told = refused.Message;
        }

        Assert.InRange(told.Length, 1, 1000);
    }

    [Theory]
    [InlineData("""{"receipt":"a","label":"browse","label":"browse"}""")]
    [InlineData("""{"receipt":"a","labels":["\ud800"]}""")]
    [InlineData("""{"receipt":"a","labels":["a"}""")]
    [InlineData("""{"receipt":"a","label":"browse"} x""")]
    [InlineData("""{"receipt":"a","other":1,"labels":[}""")]
    public async Task Take_BodyThatIsDamagedAnywhere_IsRefusedAsAWhole(string body)
    {
        host.With("tags", """{"task":"multilabel","labels":["a","b","c"],"outputs":{"probabilities":"y"}}""", width: 3);
        var receipt = await host.ReceiptAsync("tags", "[0.9,0.2,0.7]");

        Assert.Equal(ErrorCode.InvalidJson, (await Assert.ThrowsAsync<ScoringException>(() => host.TakeAsync(body.Replace("\"a\"", $"\"{receipt}\"", StringComparison.Ordinal)))).Code);
    }

    [Fact]
    public async Task Take_SameBodyTwice_LeavesOneFileAsItWas()
    {
        var body = $$"""{"receipt":"{{await host.ReceiptAsync("shop", "[0.25,0.75]")}}","label":"browse"}""";

        await host.TakeAsync(body);
        var first = host.Stored();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await host.TakeAsync(body)).Accepted);

        Assert.Equal(first, host.Stored());
    }

    [Fact]
    public async Task Take_AnotherOutcomeOfTheReceipt_IsAnotherLineOfTheNonce()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");

        await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":"browse"}""");
        await host.TakeAsync($$"""{"receipt":"{{receipt}}","label":"purchase"}""");

        Assert.Equal(2, host.Stored().Count);
        Assert.Single(host.Lines().Select(line => (string?)line["nonce"]).Distinct());
    }

    [Fact]
    public async Task Write_Report_IsWhatTheDescriptionSays()
    {
        var receipt = await host.ReceiptAsync("shop", "[0.25,0.75]");
        var report = await host.TakeAsync($$"""{"outcomes":[{"receipt":"{{receipt}}","label":"browse"},{"receipt":"x","label":"browse"}]}""");
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
        {
            report.WriteTo(writer);
        }

        var members = new Contract.DescribedMembers().Add("OutcomesResponse", JsonNode.Parse(stream.ToArray()));

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    private (string? Predicted, string? Label, int Index) Single(string predicted, string label)
    {
        var line = Assert.Single(host.Lines());
        return ((string?)line[predicted], (string?)line[label], (int)line["index"]!);
    }
}
