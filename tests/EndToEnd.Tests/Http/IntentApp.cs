using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>One app that serves the sample model from an emulator, shared by the tests of a class.</summary>
public sealed class IntentApp : IAsyncLifetime
{
    internal const string ReceiptKey = "b25seSBmb3IgdGVzdHMsIGZvcnR5LXR3byBieXRlcyBvZiBhIGtleSEh";

    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = await Azurite.StartNewAsync();
        await RunningApp.PublishAsync(Storage, Checkout.PathTo("samples", "intent", "package"), "intent");
        App = await RunningApp.StartAsync(Storage, ("Scoring__Preload", "intent"), ("Scoring__ReceiptKey", ReceiptKey));
        await App.WaitAsync("v2/health/ready");
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Storage.DisposeAsync();
    }
}
