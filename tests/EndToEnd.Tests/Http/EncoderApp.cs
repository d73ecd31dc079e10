using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>One app that serves a small encoder from an emulator, shared by the tests of a class.</summary>
public sealed class EncoderApp : IAsyncLifetime
{
    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = await Azurite.StartNewAsync();
        await RunningApp.PublishEncoderAsync(Storage);
        App = await RunningApp.StartAsync(Storage, ("Scoring__Preload", "minilm"));
        await App.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Storage.DisposeAsync();
    }
}
