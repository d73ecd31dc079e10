using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelTool.Training.Fitting;
using Scoring.Features.Text.Caching;
using Scoring.Tests.Protocol;
using TestCommon;
using Tokenizers.DotNet;
using Xunit.Abstractions;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>
/// The ids that reach a model are those of Hugging Face's own code, which reads the same tokenizer.json and cuts and frames texts by itself. Here they go
/// through all that a request goes through: JSON, the token cache, cutting, rows padded beside each other, a session that answers with its ids.
/// </summary>
public sealed class FamilyTests(ITestOutputHelper output) : IDisposable
{
    private const string Data = "data/debian_topics.jsonl.gz";
    private const int MaxTokens = 96;

    private readonly TextModel model = new("""{"features":[{"name":"text","type":"text","tokenizer":{"type":"huggingface","vocabulary":"tokenizer.json"}}]}""", inputs: ["input_ids", "attention_mask"]);

    public static TheoryData<string> Names => [.. TokenizerFamily.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Score_NastyStrings_GivesHuggingFacesIds(string family) => Compare(family, FamilyTexts.Sentences(200), [.. FamilyTexts.Nasty(200), .. FamilyTexts.Long()]);

    [SharedDataTheory(Data)]
    [MemberData(nameof(Names))]
    [Trait("Category", "Proof")]
    public void Score_TwentyThousandDescriptionsAndFiveThousandNastyStrings_GivesHuggingFacesIds(string family)
    {
        var descriptions = ReadDescriptions().Take(20_000).ToArray();
        Assert.Equal(20_000, descriptions.Length);
        Compare(family, descriptions[..2000], [.. descriptions, .. FamilyTexts.Nasty(5000), .. FamilyTexts.Long()]);
    }

    public void Dispose() => model.Dispose();

    private void Compare(string family, string[] learnt, string[] texts)
    {
        // 1. One file for both; the peer cuts by what it says, and knows nothing of padding.
        var file = TokenizerFamily.Create(family, learnt);
        file["truncation"] = new JsonObject { ["direction"] = "Right", ["max_length"] = MaxTokens, ["strategy"] = "LongestFirst", ["stride"] = 0 };
        var path = Path.Combine(model.Folder, "tokenizer.json");
        File.WriteAllText(path, file.ToJsonString());
        using var peer = new Tokenizer(path);
        var cache = new TokenCache(TokenCache.UsualBytes, () => { }, () => { });
        using var scored = Scored.Load(model.Folder, cache: cache);

        // 2. Each text twice, since the second time it may come from the cache.
        var cut = 0;
        foreach (var chunk in texts.Chunk(500))
        {
            var theirs = chunk.Select(text => peer.Encode(text)).ToArray();
            for (var time = 0; time < 2; time++)
            {
                var predictions = scored.Score(JsonSerializer.SerializeToUtf8Bytes(new { instances = chunk }))["predictions"]!.AsArray();
                for (var index = 0; index < chunk.Length; index++)
                {
                    var outputs = predictions[index]!["outputs"]!;
                    var mask = outputs["attention_mask_out"]!.AsArray().Select(value => (int)value!).ToArray();
                    var ids = outputs["input_ids_out"]!.AsArray().Select(value => (uint)value!).ToArray();
                    var count = mask.Sum();
                    Assert.True(theirs[index].AsSpan().SequenceEqual(ids.AsSpan(0, count)), Difference(chunk[index], ids[..count], theirs[index]));
                    Assert.All(mask, (value, place) => Assert.Equal(place < count ? 1 : 0, value));
                    cut += time == 0 && predictions[index]!["truncated"] is not null ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{family}: {texts.Length} texts, all ids Hugging Face's, {cut} of them cut");
    }

    private static IEnumerable<string> ReadDescriptions()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Checkout.SharedPathTo(Data)), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            using var package = JsonDocument.Parse(line);
            yield return $"{package.RootElement.GetProperty("summary")}\n{package.RootElement.GetProperty("text")}";
        }
    }

    private static string Difference(string text, uint[] ours, uint[] theirs)
        => $"{string.Join(' ', text.Take(300).Select(unit => $"{(int)unit:X4}"))}: ours {string.Join(' ', ours)}, theirs {string.Join(' ', theirs)}";
}
