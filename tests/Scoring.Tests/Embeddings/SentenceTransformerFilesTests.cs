using Scoring.Configuration;
using TestCommon;

namespace Scoring.Tests.Embeddings;

/// <summary>What the files say that sentence-transformers writes beside a model, and what goes before them.</summary>
public sealed class SentenceTransformerFilesTests : IDisposable
{
    private const string Modules = """
        [{"idx":0,"type":"sentence_transformers.models.Transformer","path":""},{"idx":1,"type":"sentence_transformers.models.Pooling","path":"1_Pooling"}]
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":false}""", TokenPooling.Mean)]
    [InlineData("""{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""", TokenPooling.Cls)]
    [InlineData("""{"pooling_mode_lasttoken":true}""", TokenPooling.Last)]
    [InlineData("""{"pooling_mode":"max","embedding_dimension":3}""", TokenPooling.Max)]
    public void Complete_Pooling_IsTakenFromItsFile(string pooling, TokenPooling expected)
    {
        Write("modules.json", Modules);
        Write("1_Pooling/config.json", pooling);

        var config = Complete();

        Assert.Equal(ModelTask.Embedding, config.Task);
        Assert.Equal(expected, config.Embedding!.Pooling);
        Assert.False(config.Embedding.Normalize);
        Assert.Null(config.Embedding.UnservedModule);
    }

    [Theory]
    [InlineData("""{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":true}""", "cls_token and mean_tokens")]
    [InlineData("""{"pooling_mode_weightedmean_tokens":true}""", "weightedmean_tokens")]
    [InlineData("""{"pooling_mode_mean_tokens":true,"include_prompt":false}""", "include_prompt")]
    public void Complete_PoolingThatIsNotServed_IsNamed(string pooling, string named)
    {
        Write("modules.json", Modules);
        Write("1_Pooling/config.json", pooling);
        Write("config_sentence_transformers.json", """{"prompts":{"query":"q: "}}""");

        Assert.Contains(named, Complete().Embedding!.UnservedModule, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_Prompts_BecomePrefixesAndTheUsualPurpose()
    {
        Write("modules.json", Modules);
        Write("config_sentence_transformers.json", """{"prompts":{"query":"query: ","document":""},"default_prompt_name":"query"}""");

        var embedding = Complete().Embedding!;

        Assert.Equal(new Dictionary<string, string> { ["query"] = "query: ", ["document"] = "" }, embedding.Prefixes);
        Assert.Equal("query", embedding.Purpose);
    }

    [Theory]
    [InlineData("tokenizer.json", "vocab.txt")]
    [InlineData("sentencepiece.bpe.model", "vocab.json")]
    [InlineData("vocab.json", "merges.txt")]
    public void Complete_TokenizerOfAnyFamily_ReadsTextsToTheLengthOfTheFiles(string vocabulary, string other)
    {
        Write("modules.json", Modules);
        Write("sentence_bert_config.json", """{"max_seq_length":384}""");
        Write(vocabulary, "");
        Write(other, "");

        var text = Assert.IsType<TextFeature>(Assert.Single(Complete().Features));

        Assert.Equal(new HuggingFaceConfig { Vocabulary = vocabulary, MaxTokens = 384 }, text.Tokenizer);
    }

    [Fact]
    public void Complete_ModelJson_GoesBefore()
    {
        Write("modules.json", Modules);
        Write("1_Pooling/config.json", """{"pooling_mode_mean_tokens":true}""");
        Write("vocab.txt", "");
        var given = ModelConfigReader.Read("""
            {"embedding":{"pooling":"cls","normalize":true,"prefixes":{"a":"b"}},"features":[{"name":"t","type":"text","tokenizer":{"vocabulary":"other.txt"}}]}
            """u8.ToArray());

        var config = SentenceTransformerFiles.Complete(given, folder.Root);

        Assert.Equal(TokenPooling.Cls, config.Embedding!.Pooling);
        Assert.True(config.Embedding.Normalize);
        Assert.Equal(["a"], config.Embedding.Prefixes.Keys);
        Assert.Equal("t", Assert.Single(config.Features).Name);
    }

    [Theory]
    [InlineData("""{"task":"classification"}""")]
    [InlineData("""{"task":"none"}""")]
    [InlineData("""{"labels":["a","b"]}""")]
    [InlineData("""{"outputs":{"logits":"y"}}""")]
    public void Complete_AnotherTask_IsLeftAsItIs(string config)
    {
        Write("modules.json", Modules);
        var given = ModelConfigReader.Read(System.Text.Encoding.UTF8.GetBytes(config));

        Assert.Same(given, SentenceTransformerFiles.Complete(given, folder.Root));
    }

    [Fact]
    public void Complete_NoSuchFiles_IsLeftAsItIs()
    {
        Write("tokenizer.json", "{}");

        Assert.Same(ModelConfig.Empty, SentenceTransformerFiles.Complete(ModelConfig.Empty, folder.Root));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"modules":[]}""")]
    [InlineData("[5]")]
    public void Complete_FileThatIsNotAsItShouldBe_IsRefused(string modules)
    {
        Write("modules.json", modules);

        Assert.Equal(ErrorCode.ModelUnavailable, Assert.Throws<ScoringException>(() => Complete()).Code);
    }

    private ModelConfig Complete() => SentenceTransformerFiles.Complete(ModelConfig.Empty, folder.Root);

    private void Write(string file, string content)
    {
        var path = folder.PathTo(file.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
