using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TestCommon;

namespace EndToEnd.Tests.Package;

/// <summary>The engine as a package: what is in it, and the sample that scores with it, built against the packed file and not against the source.</summary>
public sealed class EnginePackageTests : IDisposable
{
    private const string Instance =
        """{"instances":[{"ProductRelated":5,"ProductRelated_Duration":310,"Month":"Nov","VisitorType":"New_Visitor","Weekend":true}],"parameters":{"topK":1}}""";

    // A version of its own for each run: NuGet keeps what it once restored under a version.
    private readonly string version = $"1.0.0-test.{Guid.NewGuid():N}";
    private readonly TemporaryFolder folder = new();

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public void Dispose()
    {
        var restored = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"), "scoring.engine", version);
        if (Directory.Exists(restored))
        {
            Directory.Delete(restored, recursive: true);
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Sample_BuiltAgainstThePackage_Scores()
    {
        // 1. The package, from what is built already.
        await RunAsync("pack", Checkout.PathTo("src", "Scoring"), "--no-build", "-c", Configuration, "-o", folder.PathTo("feed"), $"-p:Version={version}");
        using (var package = ZipFile.OpenRead(folder.PathTo("feed", $"Scoring.Engine.{version}.nupkg")))
        {
            Assert.Contains(package.Entries, entry => entry.FullName == "lib/net10.0/Scoring.dll");
            Assert.Contains(package.Entries, entry => entry.FullName == "lib/net10.0/Scoring.xml");
            Assert.Contains(package.Entries, entry => entry.FullName == "PACKAGE.md");
            using var specification = new StreamReader(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
            var text = await specification.ReadToEndAsync();
            Assert.Contains("Microsoft.ML.OnnxRuntime", text, StringComparison.Ordinal);
            Assert.DoesNotContain("DuckDB", text, StringComparison.Ordinal);
            Assert.DoesNotContain("AspNetCore", text, StringComparison.Ordinal);
        }

        // 2. The sample against it, outside the checkout but with its settings of the build.
        var sample = folder.PathTo("samples", "embedded");
        Directory.CreateDirectory(sample);
        foreach (var file in (string[])["Program.cs", "Embedded.csproj"])
        {
            File.Copy(Checkout.PathTo("samples", "embedded", file), Path.Combine(sample, file));
        }

        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"])
        {
            File.Copy(Checkout.PathTo(file), folder.PathTo(file));
        }

        Directory.CreateDirectory(folder.PathTo("eng"));
        File.Copy(Checkout.PathTo("eng", "BannedSymbols.txt"), folder.PathTo("eng", "BannedSymbols.txt"));
        await RunAsync("build", sample, "-c", "Release", "-o", folder.PathTo("app"), $"-p:ScoringEngineVersion={version}", $"-p:RestoreAdditionalProjectSources={folder.PathTo("feed")}");

        // 3. A request, over a folder of models.
        var model = folder.PathTo("models", "intent", "1");
        Directory.CreateDirectory(model);
        foreach (var file in Directory.GetFiles(Checkout.PathTo("samples", "intent", "package")))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        }

        var address = FreeAddress();
        using var app = Start(folder.PathTo("app", "Embedded.dll"), $"--urls={address}", $"--Scoring:Repository={folder.PathTo("models")}", $"--Scoring:CacheDirectory={folder.PathTo("cache")}");
        try
        {
            Assert.Equal("browse", await ScoreAsync(address));
        }
        finally
        {
            app.Kill();
            await app.WaitForExitAsync();
        }
    }

    private static async Task<string?> ScoreAsync(string address)
    {
        using var client = new HttpClient();
        for (var patience = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var answer = await client.PostAsync($"{address}/intent", new StringContent(Instance, Encoding.UTF8, "application/json"));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                return body.RootElement.GetProperty("predictions")[0].GetProperty("label").GetString();
            }
            catch (HttpRequestException) when (patience.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Yield();
            }
        }
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return Process.Start(start)!;
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{await output}{await error}");
    }
}
