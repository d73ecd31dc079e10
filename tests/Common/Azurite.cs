using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TestCommon;

/// <summary>
/// The checkout's own blob and queue emulator, on free ports and a temporary folder. As an xUnit fixture it starts before the
/// first test and is gone after the last; a test host that is killed takes it along. Not thread safe; its services are.
/// </summary>
public sealed partial class Azurite : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("azurite-").FullName;
    private Process? process;

    /// <summary>The well-known development account, with both endpoints explicit. The ports stay the same over a restart.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};";

    public static string AccountName => "devstoreaccount1";

    /// <summary>The key that Azurite's documentation publishes; it protects nothing.</summary>
    public static string AccountKey => "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public Uri BlobEndpoint => new($"http://127.0.0.1:{BlobPort}/{AccountName}");

    public Uri QueueEndpoint => new($"http://127.0.0.1:{QueuePort}/{AccountName}");

    public int BlobPort { get; private set; }

    public int QueuePort { get; private set; }

    /// <summary>A started emulator, for a test that wants one of its own.</summary>
    /// <exception cref="InvalidOperationException">It cannot be installed in this checkout, or it ended at once.</exception>
    public static async Task<Azurite> StartNewAsync()
    {
        var azurite = new Azurite();
        await azurite.StartAsync();
        return azurite;
    }

    /// <summary>Starts, or starts again on the same ports with what was stored before.</summary>
    /// <exception cref="InvalidOperationException">It runs already, cannot be installed in this checkout, or ended at once.</exception>
    public async Task StartAsync()
    {
        if (process is not null)
        {
            throw new InvalidOperationException("Azurite runs already.");
        }

        process = Launch();
        using var deadline = new CancellationTokenSource(MaxStart);
        // Azurite names its services in this order once each one answers.
        BlobPort = await ReadPortAsync(process, "Blob", deadline.Token);
        QueuePort = await ReadPortAsync(process, "Queue", deadline.Token);
        await ReadPortAsync(process, "Table", deadline.Token);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    /// <summary>Saves and stops, as an outage of the storage would look to its clients. Nothing happens when it does not run.</summary>
    public async Task StopAsync()
    {
        if (process is null)
        {
            return;
        }

        // The end of its standard input is the sign to save and stop (eng/node/azurite.mjs).
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Stops without saving and deletes what was stored.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    // Straight from a clone. The script takes a lock, so several test processes may ask for it at once.
    private static void Install()
    {
        using var setUp = Process.Start(new ProcessStartInfo("bash", [Checkout.PathTo("dev"), "set-up"]) { RedirectStandardError = true })!;
        var said = setUp.StandardError.ReadToEnd();
        setUp.WaitForExit();
        if (setUp.ExitCode != 0)
        {
            throw new InvalidOperationException($"The storage emulator could not be installed by ./dev set-up: {said}");
        }
    }

    private Process Launch()
    {
        if (!Directory.Exists(Checkout.PathTo("eng", "node", "node_modules", "azurite")))
        {
            Install();
        }

        string[] arguments =
        [
            Checkout.PathTo("eng", "node", "azurite.mjs"),
            "--blobPort", $"{BlobPort}", "--queuePort", $"{QueuePort}", "--tablePort", "0",
            "--location", folder, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ];
        return Process.Start(new ProcessStartInfo("node", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
    }

    private static async Task<int> ReadPortAsync(Process process, string service, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            var match = ListeningPattern().Match(line);
            if (match.Success && match.Groups["service"].Value == service)
            {
                return int.Parse(match.Groups["port"].ValueSpan, provider: null);
            }
        }

        throw new InvalidOperationException($"Azurite ended before its {service} service listened.");
    }

    [GeneratedRegex(@"Azurite (?<service>\w+) service is successfully listening at http://.*:(?<port>\d+)")]
    private static partial Regex ListeningPattern();
}
