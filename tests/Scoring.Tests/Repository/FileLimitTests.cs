using ModelTool.Packages;
using ModelTool.Training.Heads;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Repository;
using Scoring.Serving.Probing;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>Files that are read whole are looked at before: each of these is larger than what is read.</summary>
public sealed class FileLimitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ReadFile_ModelJsonBeyondItsLimit_IsRefusedUnread()
    {
        var path = Sparse("model.json", BoundedFile.MaxConfig + 1);

        Assert.Contains("expected at most 8388608", Assert.Throws<ScoringException>(() => ModelConfigReader.ReadFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GoldenJsonBeyondItsLimit_IsRefusedUnread()
    {
        var path = Sparse("golden.json", BoundedFile.MaxGolden + 1);

        Assert.Contains("golden.json has 33554433 bytes", Assert.Throws<ScoringException>(() => GoldenFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tolerance":0,"tolerance":1e9,"cases":[]}""", "golden.json is not JSON")]
    [InlineData("""{"cases":[{"instance":1,"instance":2,"prediction":{}}]}""", "golden.json is not JSON")]
    [InlineData("""{"cases":[{"name":"\ud800","instance":1,"prediction":{}}]}""", "golden.json has half of a surrogate pair")]
    public void Read_GoldenJsonThatSaysAThingTwiceOrHasNoUtf8_IsRefused(string json, string reason)
    {
        var path = folder.PathTo("golden.json");
        File.WriteAllText(path, json);

        Assert.StartsWith(reason, Assert.Throws<ScoringException>(() => GoldenFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ModelJsonWithATextThatHasNoUtf8_IsRefused() =>
        Assert.StartsWith("model.json has half of a surrogate pair", Assert.Throws<ScoringException>(() => ModelConfigReader.Read("""{"description":"\ud800"}"""u8.ToArray())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer.json")]
    [InlineData("merges.txt")]
    [InlineData("tokenizer_config.json")]
    public void Load_VocabularyBeyondItsLimit_IsRefusedUnread(string name)
    {
        Sparse(name, BoundedFile.MaxVocabulary + 1);

        var refused = Assert.Throws<InvalidDataException>(() => TextTokenizers.Load(new WordPieceConfig { Vocabulary = name is "vocab.txt" ? name : "tokenizer.json" }, folder.Root));

        Assert.Contains("expected at most", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modules.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData("config_sentence_transformers.json")]
    [InlineData("sentence_bert_config.json")]
    [InlineData("tokenizer_config.json")]
    public void Complete_SettingsBeyondTheirLimit_AreRefusedUnread(string name)
    {
        Sparse("vocab.txt", 0);
        Sparse(name, BoundedFile.MaxConfig + 1);

        var refused = Assert.Throws<ScoringException>(() => SentenceTransformerFiles.Complete(ModelConfig.Empty with { Task = ModelTask.Embedding }, folder.Root));

        Assert.Contains($"{Path.GetFileName(name)} has 8388609 bytes; expected at most 8388608", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SettingsOfATokenizerBeyondTheirLimit_AreRefusedUnread()
    {
        Sparse("tokenizer.json", 0);
        Sparse("tokenizer_config.json", BoundedFile.MaxConfig + 1);

        var refused = Assert.Throws<InvalidDataException>(() => TextTokenizers.Load(new HuggingFaceConfig { Vocabulary = "tokenizer.json" }, folder.Root));

        Assert.Contains("tokenizer_config.json has 8388609 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EditConfig_ModelJsonBeyondItsLimit_IsRefusedUnread()
    {
        var package = OffsetModel.Write(folder.PathTo("package"), 1);
        Sparse("package/model.json", BoundedFile.MaxConfig + 1);

        var refused = Assert.Throws<ScoringException>(() => PackageCopy.For(package, folder.PathTo("copy"), _ => { }).Dispose());

        Assert.Contains("model.json has 8388609 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_EncoderWhoseModelJsonIsBeyondItsLimit_IsRefusedUnread()
    {
        Sparse("encoder/model.json", BoundedFile.MaxConfig + 1);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => EncoderPackage.OpenAsync(null, folder.PathTo("encoder"), CancellationToken.None));

        Assert.Contains("model.json has 8388609 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadLiveAsync_PointerBeyondItsLimit_IsAFaultOfThePackage()
    {
        OffsetModel.Write(folder.PathTo("m", "1"), 1);
        Sparse(Path.Combine("m", LivePointer.FileName), BoundedFile.MaxPointer + 1);

        var fault = await Assert.ThrowsAsync<PackageFaultException>(() => new FolderPackageRepository(folder.Root).ReadLiveAsync("m", null, CancellationToken.None));

        Assert.Contains("no live pointer", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryReadAsync_ManifestBeyondItsLimit_IsAFaultOfThePackage()
    {
        OffsetModel.Write(folder.PathTo("m", "1"), 1);
        Sparse(Path.Combine("m", "1", PackageManifest.FileName), BoundedFile.MaxManifest + 1);

        await Assert.ThrowsAsync<PackageFaultException>(() => ManifestReader.TryReadAsync(new FolderPackageRepository(folder.Root), "m", "1", CancellationToken.None));
    }

    // A file of so many zeros that take no room on the disk.
    private string Sparse(string name, long bytes)
    {
        var path = folder.PathTo(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        file.SetLength(bytes);
        return path;
    }
}
