using System.Diagnostics;
using System.Globalization;
using LocalHost.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Functions.Tests.LocalHost.Queues;

/// <summary>A host in a process of its own that takes messages and never ends them, for a test to kill.</summary>
internal sealed class ChildHost : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private ChildHost(Process process) => this.process = process;

    public static ChildHost Start(string connectionString, TimeSpan lease)
    {
        string[] arguments = [typeof(ChildHost).Assembly.Location, connectionString, lease.ToString("c", CultureInfo.InvariantCulture)];
        return new(Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!);
    }

    /// <summary>The message of the next call of its function.</summary>
    public async Task<string?> NextCallAsync() => await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    /// <summary>The child's side: runs until it is killed, or until the end of its standard input says that its test is gone.</summary>
    public static void Main(string[] arguments)
    {
        string[] settings = ["--LOCALHOST_URL=http://127.0.0.1:0", $"--Storage={arguments[0]}", $"--LOCALHOST_QUEUE_LEASE={arguments[1]}"];
        var source = new AppSource(AppFunctions.All.Of([typeof(Work)]), Path.GetTempPath(), [.. settings, "--AzureFunctionsJobHost:extensions:queues:messageEncoding=none"]);
        var builder = LocalApplication.CreateBuilder(source);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton(new Work.Script(async (message, _) =>
        {
            Console.WriteLine(message);
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }));
        var app = LocalApplication.Build(builder, source);
        app.Start();
        Console.In.ReadToEnd();
        Environment.Exit(0);
    }
}
