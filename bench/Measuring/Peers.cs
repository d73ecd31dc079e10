using System.Diagnostics;
using System.Text;

namespace Scoring.Bench.Measuring;

/// <summary>The servers that are measured beside each other, each asked for the sample model.</summary>
internal static class Peers
{
    public const string Path = "api/score/intent";
    public const string FunctionKey = "bench";

    private static readonly string[] NodePackages = ["onnxruntime-node", "@huggingface/tokenizers"];

    /// <summary>The app of this checkout on the local host, over a folder that holds the sample model.</summary>
    public static Server App(string folder, string? assembly = null, params (string Name, string Value)[] settings) =>
        Host(assembly ?? Built("src/LocalHost", "LocalHost"), [.. Settings(folder), .. settings]);

    /// <summary>The local host with settings of the caller's.</summary>
    public static Server Host(string assembly, (string Name, string Value)[] settings) =>
        new("dotnet", [assembly], [("LOCALHOST_URL", "http://127.0.0.1:{port}"), ("LOCALHOST_FUNCTION_KEY", FunctionKey), .. settings]);

    /// <summary>The same as one native file.</summary>
    public static Server Native(string folder, string file) =>
        new(file, [], [("LOCALHOST_URL", "http://127.0.0.1:{port}"), ("LOCALHOST_FUNCTION_KEY", FunctionKey), .. Settings(folder)]);

    /// <summary>What either head of the app is told.</summary>
    /// <param name="folder">Holds the sample model; a cache comes beside it.</param>
    public static (string Name, string Value)[] Settings(string folder) =>
    [
        ("ORT_DISABLE_TELEMETRY", "1"),
        ("Scoring__Preload", "intent"),
        ("Scoring__Repository", System.IO.Path.Combine(folder, "models")),
        ("Scoring__CacheDirectory", System.IO.Path.Combine(folder, "cache")),
    ];

    public static Server BareKestrel(int answerLength, string? assembly = null) =>
        new("dotnet", [assembly ?? Built("bench/peers/kestrel", "BareKestrel"), "http://127.0.0.1:{port}", $"{answerLength}"]);

    /// <summary>The same, busy for so long at each request as a run of a model is; with as many threads in its pool as the app has.</summary>
    public static Server BusyKestrel(int answerLength, TimeSpan work, string assembly) => new(
        "dotnet",
        [assembly, "http://127.0.0.1:{port}", $"{answerLength}", work.TotalMicroseconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)],
        ("DOTNET_ThreadPool_ForceMinWorkerThreads", "8"));

    public static Server Node(int processes) =>
        new("node", [System.IO.Path.Combine(NodeFolder, "server.mjs"), "{port}", SampleModel.Folder, $"{processes}"]);

    /// <summary>An encoder served with Node.</summary>
    /// <param name="package">Holds model.onnx and tokenizer.json.</param>
    public static Server NodeEncoder(string package) => new("node", [System.IO.Path.Combine(NodeFolder, "embeddings.mjs"), "{port}", package]);

    /// <summary>Installs what the Node peer's lock file names, once.</summary>
    public static async Task InstallNodeAsync(CancellationToken cancellationToken)
    {
        if (NodePackages.All(package => Directory.Exists(System.IO.Path.Combine(NodeFolder, "node_modules", package))))
        {
            return;
        }

        using var npm = Process.Start("npm", ["ci", "--prefix", NodeFolder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        await npm.WaitForExitAsync(cancellationToken);
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm could not install what {NodeFolder} names.");
        }
    }

    /// <summary>Puts the sample model into a folder of a repository's layout.</summary>
    public static void Publish(string folder)
    {
        var package = Directory.CreateDirectory(System.IO.Path.Combine(folder, "models", "intent", "1")).FullName;
        foreach (var file in Directory.GetFiles(SampleModel.Folder))
        {
            File.Copy(file, System.IO.Path.Combine(package, System.IO.Path.GetFileName(file)));
        }
    }

    public static HttpRequestMessage Request(byte[] body, string path = Path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("x-functions-key", FunctionKey);
        return request;
    }

    /// <summary>The same as the bytes of HTTP.</summary>
    public static byte[] RawRequest(byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes($"POST /{Path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-functions-key: {FunctionKey}\r\ncontent-length: {body.Length}\r\n\r\n"),
        .. body,
    ];

    private static string NodeFolder => System.IO.Path.Combine(Rounds.Checkout(), "bench", "peers", "node");

    // All parts are built together: the configuration of this assembly is that of the others.
    public static string Built(string project, string assembly)
    {
        var output = System.IO.Path.GetRelativePath(System.IO.Path.Combine(Rounds.Checkout(), "bench"), AppContext.BaseDirectory);
        return System.IO.Path.Combine(Rounds.Checkout(), project, output, $"{assembly}.dll");
    }
}
