using Scoring.Repository;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>Links in a folder that holds packages: what another process's files they would let a model read, and where they would never end.</summary>
public sealed class FolderLinksTests : IDisposable
{
    private const string Secret = "what only the process may read";

    private readonly TemporaryFolder folder = new();

    private string Outside => folder.PathTo("outside");

    private string Package => folder.PathTo("models", "m", "1");

    public FolderLinksTests()
    {
        OffsetModel.Write(Package, 1);
        Directory.CreateDirectory(Outside);
        File.WriteAllText(Path.Combine(Outside, "secret.bin"), Secret);
    }

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Leaving() => new()
    {
        { "weights.bin", "../../../outside/secret.bin" },
        { "weights.bin", "/etc/hostname" },
        { "weights.bin", "../1/../../../outside/secret.bin" },
        { "weights.bin", ".hidden/secret.bin" }, // .hidden is a link to the folder outside.
        { "weights.bin", "nothing/there" },
        { "data", "../../../outside" },
        { "data", "." },
        { "round", "round" },
    };

    [Theory]
    [MemberData(nameof(Leaving))]
    public async Task LeaseAsync_LinkThatLeavesThePackage_RefusedBeforeAnythingIsCopied(string link, string target)
    {
        File.CreateSymbolicLink(Path.Combine(Package, ".hidden"), Outside);
        File.CreateSymbolicLink(Path.Combine(Package, link), target);
        await using var host = NewHost();

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains($"'{link}'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Root, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathTo("cache", "packages")));
        Assert.Contains((await host.Catalog.ListAsync(CancellationToken.None)).Single().Versions, version => version == "1");
    }

    [Fact]
    public async Task OpenAsync_FileNamedByAManifestIsALinkThatLeaves_Refused()
    {
        // A manifest that names the linked file is followed without a listing.
        var manifest = PackageVerification.Hash(Package);
        var secret = new PackageFile("weights.bin", Secret.Length, new string('0', 64));
        await File.WriteAllBytesAsync(Path.Combine(Package, PackageManifest.FileName), new PackageManifest([.. manifest.Files, secret]).ToJson());
        File.CreateSymbolicLink(Path.Combine(Package, "weights.bin"), Path.Combine(Outside, "secret.bin"));
        await using var host = NewHost();

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains("leaves the package", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m/2", "../../outside")]
    [InlineData("m/2", "..")]
    [InlineData("n", "../outside")]
    public async Task ListFilesAsync_VersionThatIsALinkOutOfTheRepository_Refused(string link, string target)
    {
        OffsetModel.Write(Path.Combine(Outside, "2"), 2);
        OffsetModel.Write(Outside, 2);
        Directory.CreateSymbolicLink(folder.PathTo("models", link), target);
        var repository = new FolderPackageRepository(folder.PathTo("models"));

        var refusal = await Assert.ThrowsAsync<PackageFaultException>(() => repository.ListFilesAsync(link[..1], "2", CancellationToken.None));

        Assert.Contains("leaves the repository", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_FoldersThatLinkToEachOther_IsFoundAndTheOthersServe()
    {
        OffsetModel.Write(folder.PathTo("models", "good", "1"), 5);
        Directory.CreateSymbolicLink(Path.Combine(Package, "a"), ".");
        Directory.CreateSymbolicLink(Path.Combine(Package, "b"), ".");
        Directory.CreateSymbolicLink(folder.PathTo("models", "loop"), ".");
        await using var host = NewHost();

        var models = await host.Catalog.ListAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["good", "loop", "m"], models.Select(model => model.Name));
        Assert.Equal(("1", 6.0), await host.ScoreAsync(1, "good"));
    }

    [Fact]
    public async Task LeaseAsync_LinksWithinThePackage_AreFollowed()
    {
        // As a mounted volume of Kubernetes has them: model.onnx -> ..data/model.onnx, ..data -> ..2026.
        var inner = Directory.CreateDirectory(Path.Combine(Package, "..2026"));
        Directory.CreateSymbolicLink(Path.Combine(Package, "..data"), "..2026");
        foreach (var file in Directory.GetFiles(Package))
        {
            File.Move(file, Path.Combine(inner.FullName, Path.GetFileName(file)));
            File.CreateSymbolicLink(file, Path.Combine("..data", Path.GetFileName(file)));
        }

        Directory.CreateSymbolicLink(folder.PathTo("models", "m", "2"), "1");
        await using var host = NewHost();

        Assert.Equal(("2", 2.0), await host.ScoreAsync(1));
    }

    [Fact]
    public void Files_DeeperOrMoreThanAnyPackage_Refused()
    {
        Directory.CreateDirectory(folder.PathTo("deep", string.Join('/', Enumerable.Repeat("d", PackageFolder.MaxDepth + 1))));
        var many = Directory.CreateDirectory(folder.PathTo("many")).FullName;
        for (var i = 0; i < PackageManifest.MaxFiles + 2; i++)
        {
            File.WriteAllText(Path.Combine(many, $"{i}"), "");
        }

        Assert.Contains("deeper than", Assert.Throws<PackageFaultException>(() => PackageFolder.Files(folder.PathTo("deep"))).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1000 files", Assert.Throws<PackageFaultException>(() => PackageFolder.Files(many)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_FolderWithALinkThatLeaves_NothingIsUploaded()
    {
        File.CreateSymbolicLink(Path.Combine(Package, "weights.bin"), Path.Combine(Outside, "secret.bin"));
        var target = new FolderPackageRepository(folder.PathTo("published"));

        await Assert.ThrowsAsync<PackageFaultException>(() => new PackagePublisher(target).PublishAsync(Package, "m", null, makeLive: true, CancellationToken.None));

        Assert.False(Directory.Exists(folder.PathTo("published", "m")));
    }

    [Fact]
    public async Task CreateFileAsync_FolderOfTheVersionLinksOut_NothingIsWrittenThere()
    {
        Directory.CreateSymbolicLink(Path.Combine(Package, "sub"), Outside);
        var repository = new FolderPackageRepository(folder.PathTo("models"));
        using var content = new MemoryStream([1]);

        await Assert.ThrowsAsync<PackageFaultException>(() => repository.CreateFileAsync("m", "1", "sub/new.bin", content, CancellationToken.None));

        Assert.False(File.Exists(Path.Combine(Outside, "new.bin")));
    }

    private CatalogHost NewHost() => new(folder.PathTo("models"), folder.PathTo("cache"), configure: options => options.Probe = ProbePolicy.Never);
}
