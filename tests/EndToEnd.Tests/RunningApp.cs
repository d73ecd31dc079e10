using System.Diagnostics;
using System.Net;
using System.Text;
using Scoring.Repository;
using TestCommon;

namespace EndToEnd.Tests;

/// <summary>The app on the local host, as a process of its own on a free port, over storage of the test's own. Disposing ends it as a user would, by SIGTERM.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    public const string FunctionKey = "function-key-of-the-test";
    public const string AdminKey = "admin-key-of-the-test";

    /// <summary>The environment variable that names an app to start in the place of the one that was built: one native file.</summary>
    public const string NativeFile = "SCORING_TESTS_NATIVE_FILE";

    /// <summary>Whether one native file is started, which has all assemblies within.</summary>
    public static bool IsNative => Environment.GetEnvironmentVariable(NativeFile) is { Length: > 0 };

    private readonly StringBuilder log = new();
    private readonly Process process;
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("scoring-app-");

    private RunningApp(Uri address, IReadOnlyDictionary<string, string> settings)
    {
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Add("x-functions-key", FunctionKey);
        var start = Environment.GetEnvironmentVariable(NativeFile) is { Length: > 0 } file ? new ProcessStartInfo(file) : new ProcessStartInfo("dotnet", [AppPath]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["LOCALHOST_URL"] = address.ToString();
        start.Environment["LOCALHOST_FUNCTION_KEY"] = FunctionKey;
        start.Environment["LOCALHOST_ADMIN_KEY"] = AdminKey;
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        start.Environment["Scoring__CacheDirectory"] = cache.FullName;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Calls with the function key.</summary>
    public HttpClient Client { get; }

    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    public int ProcessId => process.Id;

    // The tests' own configuration: the app was built beside them.
    private static string AppPath => Checkout.PathTo("src", "LocalHost", Path.GetRelativePath(Checkout.PathTo("tests", "EndToEnd.Tests"), AppContext.BaseDirectory), "LocalHost.dll");

    /// <summary>Starts the app over an emulator's storage and waits until it answers.</summary>
    public static Task<RunningApp> StartAsync(Azurite storage, params (string Name, string Value)[] settings)
        => StartAsync([("Storage", storage.ConnectionString), .. settings]);

    /// <summary>Starts the app and waits until it answers.</summary>
    public static async Task<RunningApp> StartAsync(params (string Name, string Value)[] settings)
    {
        var values = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        var app = new RunningApp(new Uri(values.GetValueOrDefault("LOCALHOST_URL", $"http://127.0.0.1:{LoopbackServer.FreePort()}")), values);
        await app.WaitAsync("v2/health/live");
        return app;
    }

    /// <summary>Publishes a sample's package into an emulator's container.</summary>
    public static async Task PublishAsync(Azurite storage, string directory, string name)
    {
        var repository = PackageRepository.Open(null, StorageConnection.OfConnectionString(storage.ConnectionString));
        await new PackagePublisher(repository).PublishAsync(directory, name, null, makeLive: true, CancellationToken.None);
    }

    /// <summary>Publishes a small encoder under the name by which the description's and the file's requests call one.</summary>
    public static async Task PublishEncoderAsync(Azurite storage)
    {
        using var folder = new TemporaryFolder();
        await PublishAsync(storage, TinyEncoder.Save(folder.PathTo("minilm")), "minilm");
    }

    /// <summary>Asks until a path answers 200; the limit is generous, since it bounds a failure and not a speed.</summary>
    public async Task WaitAsync(string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            AssertRuns();
            try
            {
                using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Fails with what the app wrote if it has ended by itself.</summary>
    public void AssertRuns() => Assert.False(process.HasExited, $"The app ended with {(process.HasExited ? process.ExitCode : 0)}: {Log}");

    /// <summary>Posts JSON and gives back the answer.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await Client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits until the process has ended by itself; gives back its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return process.ExitCode;
    }

    /// <summary>Asks the process to end and waits for it; gives back its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
        Client.Dispose();
        cache.Delete(recursive: true);
    }

    private void Append(string? line)
    {
        lock (log)
        {
            log.AppendLine(line);
        }
    }
}
