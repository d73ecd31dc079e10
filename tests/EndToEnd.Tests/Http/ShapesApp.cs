using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>One app that serves the sample <c>shapes</c> from an emulator, shared by the tests of a class.</summary>
public sealed class ShapesApp : IAsyncLifetime
{
    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(Storage, Checkout.PathTo("samples", "shapes", "package"), "shapes");
        App = await RunningApp.StartAsync(Storage, ("Scoring__Preload", "shapes"));
        await App.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Storage.DisposeAsync();
    }
}
