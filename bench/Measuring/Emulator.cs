using System.Net;
using System.Net.Sockets;

namespace Scoring.Bench.Measuring;

/// <summary>The storage emulator on free ports, in a folder of its own; disposing ends it and deletes the folder.</summary>
internal sealed class Emulator : IDisposable
{
    private const string Account = "devstoreaccount1";

    // The emulator's published key; it opens nothing else.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string folder = Directory.CreateTempSubdirectory("bench-storage-").FullName;
    private readonly Server server;
    private readonly int queuePort = FreePort();

    public Emulator() => server = new Server(
        "node",
        [
            Path.Combine(Rounds.Checkout(), "eng/node/azurite.mjs"), "--blobPort", "{port}", "--queuePort", $"{queuePort}", "--tablePort", "0",
            "--location", folder, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        ]);

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{server.Port}/{Account};QueueEndpoint=http://127.0.0.1:{queuePort}/{Account}";

    /// <summary>What it has used of the processor so far.</summary>
    public TimeSpan ProcessorTime => server.ProcessorTime;

    /// <summary>Waits until both of its services listen.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var port in new[] { server.Port, queuePort })
        {
            while (!await ListensAsync(port, cancellationToken))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
