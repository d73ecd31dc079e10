using System.Diagnostics;
using System.Text.Json;

namespace Hooks;

/// <summary>Everything that hooks touch: azd's environment, the commands on PATH, HTTP, the clock and what they say.</summary>
internal sealed class HookContext(string root, Func<string, string?> environment, TextWriter output, TimeProvider time) : IDisposable
{
    /// <summary>For how long something that Azure has not got to yet is tried again: roles take minutes to work.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] PipelineMarks = ["CI", "GITHUB_ACTIONS", "TF_BUILD"];

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>The folder that holds azure.yaml.</summary>
    public string Root => root;

    public HttpClient Http => http;

    public TimeProvider Time => time;

    /// <summary>Between two tries; a variable lets tests hurry.</summary>
    public TimeSpan Pause { get; } = environment("SCORING_HOOK_PAUSE") is { } text ? TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : TimeSpan.FromSeconds(15);

    /// <summary>True where output is kept for others to read: a key does not belong there.</summary>
    public bool IsPipeline => PipelineMarks.Any(name => environment(name) is { Length: > 0 });

    public static HookContext OfProcess() => new(Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable, Console.Out, TimeProvider.System);

    public void Dispose() => http.Dispose();

    public void Say(string text) => output.WriteLine(text);

    /// <summary>A value that the deployment gave back or azd knows; null when it is not set.</summary>
    public string? Find(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <inheritdoc cref="Find"/>
    public string Get(string name) => Find(name) ?? throw new HookException($"{name} is not set: run this through azd, after azd provision.");

    /// <summary>Runs a command; its status and everything that it wrote. What it writes is shown too, unless quiet.</summary>
    /// <param name="command">Its name, on PATH.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="quiet">Whether what it writes is kept to itself.</param>
    /// <param name="settings">Variables that it has beside this process's own.</param>
    public async Task<(int Status, string Output)> RunAsync(string command, IEnumerable<string> arguments, bool quiet = false, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(OnPath(command), arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var written = new System.Text.StringBuilder();
        await Task.WhenAll(Follow(process.StandardOutput), Follow(process.StandardError));
        await process.WaitForExitAsync();
        return (process.ExitCode, written.ToString());

        async Task Follow(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lock (written)
                {
                    written.AppendLine(line);
                    if (!quiet)
                    {
                        Say(line);
                    }
                }
            }
        }
    }

    // What a process is started by here would look beside the dotnet that runs this, before PATH.
    private string OnPath(string command) =>
        (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, command), Path.Combine(folder, command + ".exe") })
            .FirstOrDefault(File.Exists) ?? throw new HookException($"{command} is not on PATH.");

    /// <summary>A token of who is signed in to azd.</summary>
    /// <param name="scope">What the token is for; null for Azure Resource Manager.</param>
    public async Task<string> TokenAsync(string? scope = null)
    {
        var (status, output) = await RunAsync("azd", ["auth", "token", "--output", "json", .. scope is null ? Array.Empty<string>() : ["--scope", scope]], quiet: true);
        if (status != 0)
        {
            throw new HookException($"azd gave no token: {output.Trim()}");
        }

        var json = output[output.IndexOf('{', StringComparison.Ordinal)..];
        using var document = JsonDocument.Parse(json[..(json.LastIndexOf('}') + 1)]);
        return document.RootElement.GetProperty("token").GetString()!;
    }

    /// <summary>Tries until it gives something, saying so, for <see cref="Patience"/>.</summary>
    /// <param name="waiting">What is being waited for.</param>
    /// <param name="attempt">Gives the result, or null and why not yet.</param>
    public async Task<T> RetryAsync<T>(string waiting, Func<Task<(T? Result, string Reason)>> attempt)
        where T : class
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var (result, reason) = await attempt();
            if (result is not null)
            {
                return result;
            }

            var elapsed = time.GetElapsedTime(started);
            if (elapsed + Pause > Patience)
            {
                throw new HookException($"Gave up on {waiting} after {elapsed:m\\:ss}: {reason}");
            }

            Say($"{elapsed:m\\:ss} of {Patience:m\\:ss}: {waiting}: {reason}");
            await Task.Delay(Pause, time);
        }
    }
}
