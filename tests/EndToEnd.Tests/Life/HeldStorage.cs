using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>The way of one process to the emulator, which stops at a chosen request so that the process can be killed there.</summary>
internal sealed class HeldStorage(Azurite storage) : IAsyncDisposable
{
    /// <summary>Where the process's requests for blobs go through.</summary>
    public HoldingPort Blobs { get; } = new(storage.BlobPort);

    /// <summary>Where its requests for queues do.</summary>
    public HoldingPort Queues { get; } = new(storage.QueuePort);

    /// <summary>What the process is to be given as its storage.</summary>
    public string ConnectionString => storage.ConnectionString
        .Replace($":{storage.BlobPort}/", $":{Blobs.Port}/", StringComparison.Ordinal).Replace($":{storage.QueuePort}/", $":{Queues.Port}/", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Blobs.DisposeAsync();
        await Queues.DisposeAsync();
    }
}
