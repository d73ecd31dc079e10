using System.Diagnostics;
using System.Text.Json;

namespace InfraTests;

/// <summary>
/// The parsers in tools/, on the packages that package-lock.json names. They are installed into this folder on first use, and serve all tests
/// of a run from one process.
/// </summary>
internal static class NodeTools
{
    private static readonly string Folder = Checkout.PathTo("tests", "Infra.Tests");
    private static readonly Lazy<string?> Installation = new(Install);
    private static readonly Lazy<Process> Server = new(() => Start("node", [Path.Combine(Folder, "tools", "serve.mjs")]));
    private static readonly Lock Line = new();

    /// <summary>Why the tools cannot run here; null when they can.</summary>
    public static string? ReasonToSkip => Installation.Value;

    /// <summary>What a tool of tools/serve.mjs answers.</summary>
    /// <param name="request">An object with the property <c>tool</c> and the tool's arguments.</param>
    /// <exception cref="InvalidOperationException">The tool found a fault that is not its answer.</exception>
    public static T Ask<T>(object request)
    {
        string? line;
        lock (Line)
        {
            Server.Value.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            Server.Value.StandardInput.Flush();
            line = Server.Value.StandardOutput.ReadLine();
        }

        using var answer = JsonDocument.Parse(line ?? throw new InvalidOperationException("tools/serve.mjs has ended."));
        return answer.RootElement.TryGetProperty("fault", out var fault)
            ? throw new InvalidOperationException(fault.GetString())
            : answer.RootElement.GetProperty("result").Deserialize<T>(JsonSerializerOptions.Web)!;
    }

    private static string? Install()
    {
        // Several test processes may come here at once.
        using var gate = new Mutex(false, "scoring-infra-tests-npm");
        gate.WaitOne();
        try
        {
            var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
            var wanted = Path.Combine(Folder, "package-lock.json");
            if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted))
            {
                return null;
            }

            using var npm = Start("npm", ["ci", "--prefix", Folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], listen: true);
            npm.StandardInput.Close();
            var complaint = npm.StandardError.ReadToEnd();
            npm.WaitForExit();
            return npm.ExitCode == 0 ? null : $"npm could not install the parsers of tests/Infra.Tests/package.json: {complaint.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node 20 with npm is missing.";
        }
        finally
        {
            gate.ReleaseMutex();
        }
    }

    // The server ends with its standard input, so with this process.
    private static Process Start(string program, IEnumerable<string> arguments, bool listen = false) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = listen,
    })!;
}
