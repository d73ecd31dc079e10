using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>The budget of a device's memory. The versions are real and run on the processor; what they take of a device is said.</summary>
public sealed class LoadedVersionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly NativeThread native = new();
    private readonly LoadedVersions loaded = new(new ModelMemory(1L << 40, 1000), maxOnDemand: 8);

    public void Dispose()
    {
        loaded.RetireAll();
        native.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Reserve_NoRoomOnTheDevice_UnloadsWhatLiesThereAndNothingElse()
    {
        var first = Add("first", deviceBytes: 600);
        var processor = Add("processor", deviceBytes: 0);

        loaded.Reserve("second", "1", new ModelMemory(1, 600), beside: null);

        Assert.Empty(loaded.Of("first"));
        Assert.Same(processor, Assert.Single(loaded.Of("processor")));
        Assert.False(first.TryLease());
    }

    [Fact]
    public void Reserve_DeviceInUse_IsRefusedWithWhatIsInUse()
    {
        var first = Add("first", deviceBytes: 600);
        Assert.True(first.TryLease());

        var refused = Assert.Throws<ScoringException>(() => loaded.Reserve("second", "1", new ModelMemory(1, 600), beside: null));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("DeviceMemoryBytes", refused.Message, StringComparison.Ordinal);
        loaded.Reserve("third", "1", new ModelMemory(1, 0), beside: null);
        first.Release();
    }

    [Fact]
    public void Unreserve_AfterALoad_GivesBothBack()
    {
        var need = new ModelMemory(1, 1000);
        loaded.Reserve("first", "1", need, beside: null);
        Assert.Throws<ScoringException>(() => loaded.Reserve("second", "1", need, beside: null));

        loaded.Unreserve(need);

        loaded.Reserve("second", "1", need, beside: null);
    }

    private ServedVersion Add(string name, long deviceBytes)
    {
        var package = OffsetModel.Write(folder.PathTo(name), 1);
        var model = LoadedModel.Load(new ModelPackage(name, "1", new string('0', 64), package, package), SessionSettings.Plain);
        var version = new ServedVersion(model, new ModelMemory(1, deviceBytes), caution: null, native, TimeProvider.System);
        loaded.Add(version, isOnDemand: false, isKept: false, _ => { });
        return version;
    }
}
