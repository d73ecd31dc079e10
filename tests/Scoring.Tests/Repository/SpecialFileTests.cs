using System.Diagnostics;
using System.Runtime.Versioning;
using Scoring.Repository;
using Scoring.Tests.Serving;
using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>What is no file among the files of a package: to open a FIFO is to wait for who writes to it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SpecialFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("model.json")]
    [InlineData("golden.json")]
    [InlineData("model.onnx")]
    public async Task LeaseAsync_FifoInThePackage_IsRefusedByNameWithoutBeingOpened(string name)
    {
        var package = OffsetModel.Write(folder.PathTo("models", "m", "1"), 1);
        File.Delete(Path.Combine(package, name));
        await MakeFifoAsync(Path.Combine(package, name));
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1).WaitAsync(Patience));

        Assert.Contains($"'{name}' is a FIFO; expected a file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeaseAsync_FifoForTheLivePointer_IsRefusedWithoutBeingOpened()
    {
        OffsetModel.Write(folder.PathTo("models", "m", "1"), 1);
        await MakeFifoAsync(folder.PathTo("models", "m", "live.json"));
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1).WaitAsync(Patience));

        Assert.Contains("is no live pointer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FifoNamedByAManifest_IsRefused()
    {
        // A manifest is followed without a listing.
        var package = OffsetModel.Write(folder.PathTo("models", "m", "1"), 1);
        var manifest = PackageVerification.Hash(package);
        await File.WriteAllBytesAsync(Path.Combine(package, PackageManifest.FileName), new PackageManifest([.. manifest.Files, new PackageFile("weights.bin", 1, new string('0', 64))]).ToJson());
        await MakeFifoAsync(Path.Combine(package, "weights.bin"));
        await using var host = new CatalogHost(folder.PathTo("models"), folder.PathTo("cache"));

        var refusal = await Assert.ThrowsAnyAsync<ScoringException>(() => host.ScoreAsync(1).WaitAsync(Patience));

        Assert.Contains("'weights.bin' is a FIFO", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero", "a device")]
    [InlineData("/etc", null)]
    [InlineData("/etc/passwd", null)]
    public void Of_WhatEverySystemHas_TellsFilesFromDevices(string path, string? special) => Assert.Equal(special, FileStatus.Of(path, followsLink: true)!.Value.Special);

    private static async Task MakeFifoAsync(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        await made.WaitForExitAsync();
        Assert.Equal(0, made.ExitCode);
    }
}
