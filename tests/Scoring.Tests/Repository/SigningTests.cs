using Scoring.Repository;
using Scoring.Repository.Signing;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>Serving with trusted keys: who signed what is loaded, and what is refused.</summary>
public sealed class SigningTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SigningKey ours = SigningKey.Make();
    private readonly SigningKey theirs = SigningKey.Make();

    private string Version => folder.PathTo("repository", "m", "1");

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task LeaseAsync_SignedByATrustedKey_ServesAndTheStatusNamesTheKey()
    {
        await PublishAsync(ours);
        await using var host = NewHost([ours], probe: ProbePolicy.Always);

        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Equal(ours.Public.Id, (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Signature);
    }

    [Fact]
    public async Task LeaseAsync_NoKeysTrusted_ServesAndTheStatusTellsWhatWasNotChecked()
    {
        await PublishAsync(ours);
        await PublishAsync(null, "plain");
        await using var host = NewHost([]);

        await host.ScoreAsync(1);
        await host.ScoreAsync(1, "plain");

        Assert.Equal($"{ours.Public.Id} (not checked)", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Signature);
        Assert.Equal("unsigned", (await host.Catalog.DescribeAsync("plain", CancellationToken.None)).Signature);
    }

    [Theory]
    [InlineData("unsigned", "not signed by a trusted key")]
    [InlineData("signed by another key", "not signed by a trusted key")]
    [InlineData("another key's signature under our key's name", "does not fit its manifest")]
    [InlineData("manifest changed", "does not fit its manifest")]
    [InlineData("no manifest", "has no manifest")]
    [InlineData("signed as another model", "was signed for version 1 of 'other'")]
    [InlineData("signed as another version", "was signed for version 2 of 'm'")]
    [InlineData("file changed", "is altered")]
    public async Task LeaseAsync_NotWhatATrustedKeySigned_RefusedAndNothingIsCached(string forgery, string reason)
    {
        await PublishAsync(forgery is "unsigned" ? null : forgery is "signed by another key" ? theirs : ours);
        var manifest = Path.Combine(Version, PackageManifest.FileName);
        var signature = Path.Combine(Version, ManifestSignature.FileOf(ours.Public.Id));
        switch (forgery)
        {
            case "another key's signature under our key's name":
                await File.WriteAllBytesAsync(signature, theirs.Sign(await File.ReadAllBytesAsync(manifest)));
                break;
            case "manifest changed":
                OffsetModel.Write(Version, 7);
                await File.WriteAllBytesAsync(manifest, (PackageVerification.Hash(Version) with { Model = "m", Version = "1" }).ToJson());
                break;
            case "no manifest":
                File.Delete(manifest);
                break;
            case "signed as another model":
                await PublishAsync(ours, "other", 5);
                Replace(folder.PathTo("repository", "other", "1"));
                break;
            case "signed as another version":
                await PublishAsync(ours, "m", 5);
                Replace(folder.PathTo("repository", "m", "2"));
                break;
            case "file changed":
                var golden = Path.Combine(Version, "golden.json");
                await File.WriteAllTextAsync(golden, (await File.ReadAllTextAsync(golden)).Replace("half", "HALF", StringComparison.Ordinal));
                break;
            default:
                break;
        }

        await using var host = NewHost([ours]);

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1, version: "1"));

        Assert.Contains(reason, refusal.InnerException is ScoringException inner ? $"{refusal.Message} {inner.Message}" : refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathTo("cache", "packages")) && Directory.EnumerateFileSystemEntries(folder.PathTo("cache", "packages")).Any());
    }

    [Fact]
    public async Task LeaseAsync_CacheFilledBeforeKeysWereTrusted_UnsignedIsNotServedFromIt()
    {
        await PublishAsync(null);
        await using (var before = NewHost([]))
        {
            await before.ScoreAsync(1);
        }

        await using var host = NewHost([ours]);

        await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));
    }

    [Fact]
    public async Task LeaseAsync_StartFromTheCache_ChecksTheSignatureThere()
    {
        await PublishAsync(ours);
        await using (var first = NewHost([ours]))
        {
            await first.ScoreAsync(1);
        }

        Directory.Delete(folder.PathTo("repository"), recursive: true);
        Directory.CreateDirectory(folder.PathTo("repository"));
        await using (var again = NewHost([theirs, ours]))
        {
            Assert.Equal(("1", 2.0), await again.ScoreAsync(1));
            Assert.Equal(0, again.Repository.ModelDownloads);
            Assert.Equal(ours.Public.Id, again.Loaded.Of("m")[0].Package.SignedBy);
        }

        // The key is not trusted any more: what the cache holds is not either.
        await using var turned = NewHost([theirs]);
        await Assert.ThrowsAnyAsync<ScoringException>(() => turned.ScoreAsync(1));
    }

    [Fact]
    public async Task LeaseAsync_NoDiskTakesASignedVersion_IsRefusedInsteadOfUsedWhereItLies()
    {
        await PublishAsync(ours);
        await using var trusting = NewHost([ours]);
        await using var any = NewHost([]);
        trusting.Repository.BeforeDownload = any.Repository.BeforeDownload = Task.FromException(new IOException("No space left on device"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => trusting.ScoreAsync(1));

        Assert.Contains("could be changed after it was checked", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(("1", 2.0), await any.ScoreAsync(1));
        Assert.Equal(Version, any.Loaded.Of("m")[0].Package.Directory);
    }

    [Fact]
    public async Task LeaseAsync_HiddenFileWhereAVersionIsUsedWhereItLies_Refused()
    {
        await PublishAsync(null);
        await File.WriteAllTextAsync(Path.Combine(Version, ".w"), "in no manifest");
        await using var host = NewHost([]);
        host.Repository.BeforeDownload = Task.FromException(new IOException("No space left on device"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1));

        Assert.Contains("holds '.w'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignAsync_ByANewKey_TheOldOneMayGoWithoutAGap()
    {
        await PublishAsync(ours);
        await using (var host = NewHost([ours, theirs]))
        {
            Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        }

        await new PackagePublisher(Repository()).SignAsync("m", "1", theirs, CancellationToken.None);

        await using var turned = NewHost([theirs]);
        Assert.Equal(("1", 2.0), await turned.ScoreAsync(1));
        Assert.Equal(0, turned.Repository.ModelDownloads);
    }

    [Fact]
    public async Task RefreshAsync_UnsignedVersionGoesLive_TheSignedOneServesOnUntilItIsSigned()
    {
        await PublishAsync(ours);
        await using var host = NewHost([ours]);
        await host.ScoreAsync(1);
        await PublishAsync(null, "m", 5);

        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("1", 2.0), await host.ScoreAsync(1));
        Assert.Contains("not trusted", (await host.Catalog.DescribeAsync("m", CancellationToken.None)).Refused!.Reason, StringComparison.Ordinal);

        await new PackagePublisher(Repository()).SignAsync("m", "2", ours, CancellationToken.None);
        await host.Catalog.RefreshAsync(CancellationToken.None);
        Assert.Equal(("2", 6.0), await host.ScoreAsync(1));
    }

    [Fact]
    public async Task LeaseAsync_ModelThatNeedsTwoSignatures_ServesOnceAnotherKeySignedToo()
    {
        await PublishAsync(ours);
        await PublishAsync(ours, "other");
        await using (var alone = NewHost([ours, theirs, ours], twoFor: ["m"]))
        {
            var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => alone.ScoreAsync(1, version: "1"));
            Assert.Contains($"only the key {ours.Public.Id} signed it", refusal.Message + refusal.InnerException?.Message, StringComparison.Ordinal);
            await alone.ScoreAsync(1, "other");
        }

        await new PackagePublisher(Repository()).SignAsync("m", "1", theirs, CancellationToken.None);
        await using (var both = NewHost([ours, theirs], twoFor: ["m"]))
        {
            Assert.Equal(("1", 2.0), await both.ScoreAsync(1));
            Assert.Equal($"{ours.Public.Id}, {theirs.Public.Id}", (await both.Catalog.DescribeAsync("m", CancellationToken.None)).Signature);
        }

        Directory.Delete(folder.PathTo("repository"), recursive: true);
        Directory.CreateDirectory(folder.PathTo("repository"));
        await using var cached = NewHost([theirs, ours], twoFor: ["*"]);
        Assert.Equal(("1", 2.0), await cached.ScoreAsync(1));
        await Assert.ThrowsAnyAsync<ScoringException>(() => cached.ScoreAsync(1, "other"));
    }

    [Fact]
    public async Task PublishAsync_SameContentSignedAgain_NothingNew()
    {
        await PublishAsync(ours);
        var signature = await File.ReadAllBytesAsync(Path.Combine(Version, ManifestSignature.FileOf(ours.Public.Id)));

        var again = await PublishAsync(ours);

        Assert.False(again.Uploaded);
        Assert.Equal(signature, await File.ReadAllBytesAsync(Path.Combine(Version, ManifestSignature.FileOf(ours.Public.Id))));
        Assert.Empty(Directory.GetFiles(folder.PathTo("package"), "*.sig"));
    }

    [Fact]
    public async Task VerifyAsync_FileThatTheManifestDoesNotName_Refused()
    {
        await PublishAsync(ours);
        var verified = await VerifyAsync([ours]);
        await File.WriteAllTextAsync(Path.Combine(Version, "model.onnx.mapped"), "stray");

        var refusal = await Assert.ThrowsAsync<PackageFaultException>(() => VerifyAsync([ours]));

        Assert.Equal((ours.Public.Id, 3), (verified.SignedBy, verified.Files));
        Assert.Contains("holds model.onnx.mapped", refusal.Message, StringComparison.Ordinal);
    }

    private void Replace(string source)
    {
        Directory.Delete(Version, recursive: true);
        Directory.Move(source, Version);
    }

    private FolderPackageRepository Repository() => new(folder.PathTo("repository"));

    private Task<VerifiedPackage> VerifyAsync(SigningKey[] trusted) =>
        new PackageVerifier(Repository()).VerifyAsync("m", "1", new PackageTrust([.. trusted.Select(key => key.Public)]), CancellationToken.None);

    private Task<PublishResult> PublishAsync(SigningKey? key, string model = "m", float offset = 1) =>
        new PackagePublisher(Repository()) { SignWith = key }.PublishAsync(OffsetModel.Write(folder.PathTo("package"), offset), model, null, makeLive: true, CancellationToken.None);

    private CatalogHost NewHost(SigningKey[] trusted, ProbePolicy probe = ProbePolicy.Never, string[]? twoFor = null) =>
        new(folder.PathTo("repository"), folder.PathTo("cache"), configure: options =>
        {
            options.Probe = probe;
            options.TrustedKeys = [.. trusted.Select(key => key.PublicBase64())];
            options.TwoSignatures = twoFor ?? [];
        });
}
