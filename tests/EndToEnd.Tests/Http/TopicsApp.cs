using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>One app that serves the sample <c>topics</c> from an emulator, shared by the tests of a class.</summary>
public sealed class TopicsApp : IAsyncLifetime
{
    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(Storage, Checkout.PathTo("samples", "topics", "package"), "topics");
        App = await RunningApp.StartAsync(Storage, ("Scoring__Preload", "topics"));
        await App.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Storage.DisposeAsync();
    }
}
