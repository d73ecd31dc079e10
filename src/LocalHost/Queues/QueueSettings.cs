using LocalHost.Hosting;

namespace LocalHost.Queues;

/// <summary>How messages are taken from a queue: extensions.queues of host.json, with the defaults of Azure's host.</summary>
/// <param name="BatchSize">Messages asked for at once, 1 to 32. Default 16.</param>
/// <param name="NewBatchThreshold">The next batch is asked for when no more than this many messages are being processed. Default: half the batch size for each processor.</param>
/// <param name="MaxDequeueCount">Tries before a message goes to the poison queue. Default 5.</param>
/// <param name="VisibilityTimeout">Delay between a failed try and the next. Default 0.</param>
/// <param name="MaxPollingInterval">The longest wait between two looks at an empty queue. Default 1 min.</param>
/// <param name="IsBase64">messageEncoding; base64 by default.</param>
/// <param name="Lease">How long a received message stays hidden before it must be renewed. LOCALHOST_QUEUE_LEASE, default 10 min as on Azure's host.</param>
internal sealed record QueueSettings(
    int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval, bool IsBase64, TimeSpan Lease)
{
    private const string Section = $"{AppConfiguration.HostJson}:extensions:queues";

    // The service's own bound on a visibility timeout.
    private static readonly TimeSpan MaxVisibility = TimeSpan.FromDays(7);

    public static QueueSettings Read(SettingReader reader)
    {
        var batchSize = reader.Count($"{Section}:batchSize", 16, 1, 32);
        return new(
            batchSize,
            reader.Count($"{Section}:newBatchThreshold", batchSize / 2 * Environment.ProcessorCount, 0, 1000),
            reader.Count($"{Section}:maxDequeueCount", 5, 1, int.MaxValue),
            reader.Time($"{Section}:visibilityTimeout", TimeSpan.Zero, TimeSpan.Zero, MaxVisibility),
            reader.Time($"{Section}:maxPollingInterval", TimeSpan.FromMinutes(1), PollingBackoff.Shortest, TimeSpan.FromDays(1)),
            reader.Parse($"{Section}:messageEncoding", true, "none or base64", ParseEncoding),
            reader.Time("LOCALHOST_QUEUE_LEASE", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), MaxVisibility));
    }

    private static bool? ParseEncoding(string text) => text.ToUpperInvariant() switch
    {
        "BASE64" => true,
        "NONE" => false,
        _ => null,
    };
}
