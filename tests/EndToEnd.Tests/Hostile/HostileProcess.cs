using System.Diagnostics;
using System.Text.Json;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests.Hostile;

/// <summary>
/// The hostile clients as a process of their own, on as many threads as there are processors, like the burner. In earnest they sit on other machines: what they send is to be tried, not what becomes of a
/// test's own process beside them.
/// </summary>
internal sealed class HostileProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process process;

    private HostileProcess(Process process) => this.process = process;

    /// <summary>Starts them; they go on until they are stopped, or this process is gone.</summary>
    /// <param name="address">Of the app.</param>
    /// <param name="storage">Connection string of the storage that the app loads models from.</param>
    public static HostileProcess Start(Uri address, string storage) =>
        new(Process.Start(new ProcessStartInfo("dotnet", [typeof(HostileProcess).Assembly.Location, address.ToString(), storage]) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>Ends them; gives back how often each kind acted, by its name.</summary>
    public async Task<IReadOnlyDictionary<string, int>> StopAsync()
    {
        process.StandardInput.Close();
        return JsonSerializer.Deserialize<Dictionary<string, int>>(await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience))!;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    /// <summary>The clients' side: runs until the end of its standard input.</summary>
    public static void Main(string[] arguments)
    {
        ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var clients = new HostileClients(new Uri(arguments[0]), new PackagePublisher(PackageRepository.Open(null, StorageConnection.OfConnectionString(arguments[1]))), folder);
        var all = clients.RunAsync(stop.Token);
        Console.In.ReadToEnd();
        stop.Cancel();
        all.GetAwaiter().GetResult();
        Console.Out.Write(JsonSerializer.Serialize(clients.Acts.ToDictionary(act => act.Kind, act => act.Count)));
    }
}
