using TestCommon;
using TestCommon.OpenInference;

namespace EndToEnd.Tests.OpenInference;

/// <summary>One app that serves every model of <c>../shared/models</c> from a folder, with an emulator's storage for jobs.</summary>
public sealed class SharedModelsApp : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();

    internal RunningApp App { get; private set; } = null!;

    internal Azurite Storage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (SharedCase.Names.Count == 0)
        {
            // Every test of the class is skipped, saying so.
            return;
        }

        foreach (var model in SharedCase.Names)
        {
            var version = Directory.CreateDirectory(folder.PathTo("models", model, "1"));
            File.Copy(Checkout.SharedPathTo("models", model, "model.onnx"), Path.Combine(version.FullName, "model.onnx"));
        }

        Storage = await Azurite.StartNewAsync();
        App = await RunningApp.StartAsync(Storage, ("Scoring__Repository", folder.PathTo("models")));
    }

    public async Task DisposeAsync()
    {
        if (App is not null)
        {
            await App.DisposeAsync();
            await Storage.DisposeAsync();
        }
    }

    public void Dispose() => folder.Dispose();
}
