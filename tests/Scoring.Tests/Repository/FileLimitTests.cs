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
    [InlineData("vocab.txt")]
    [InlineData("tokenizer.json")]
    public void Load_VocabularyBeyondItsLimit_IsRefusedUnread(string name)
    {
        Sparse(name, BoundedFile.MaxVocabulary + 1);

        var refused = Assert.Throws<InvalidDataException>(() => TextTokenizers.Load(new WordPieceConfig { Vocabulary = name }, folder.Root));

        Assert.Contains("expected at most", refused.Message, StringComparison.Ordinal);
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
        using var file = File.Create(path);
        file.SetLength(bytes);
        return path;
    }
}
