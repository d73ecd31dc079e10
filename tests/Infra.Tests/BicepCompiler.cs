using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace InfraTests;

/// <summary>The Bicep compiler, as one process for all tests of a run: starting it takes longer than most of what it is asked.</summary>
internal static class BicepCompiler
{
    private static readonly string? Program = typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(each => each.Key == "BicepCompiler")?.Value;
    private static readonly Lazy<Process> Server = new(Start);
    private static readonly Lock Line = new();
    private static int asked;

    /// <summary>Why the compiler cannot run here; null when it can.</summary>
    public static string? ReasonToSkip { get; } = Program is null ? "The Bicep compiler is restored on 64-bit Linux alone." : null;

    /// <summary>The folder that the deployment's files lie in.</summary>
    public static string Folder { get; } = Checkout.PathTo("infra", "bicep");

    /// <summary>The template that a file compiles to, with what the compiler and its linter say of the file and of all that it uses.</summary>
    public static Compilation Compile(string file) => Ask<Compilation>("bicep/compile", new { path = file });

    /// <summary>A file as the formatter lays it out.</summary>
    public static string Format(string file) => Ask<JsonElement>("bicep/format", new { path = file }).GetProperty("contents").GetString()!;

    /// <summary>What a .bicepparam file would deploy, as JSON; what only Azure knows stays an expression in brackets.</summary>
    public static string Snapshot(string parameters) => Ask<JsonElement>("bicep/getSnapshot", new
    {
        path = parameters,
        metadata = new
        {
            tenantId = "00000000-0000-0000-0000-000000000002",
            subscriptionId = "00000000-0000-0000-0000-000000000001",
            resourceGroup = (string?)null,
            location = "westeurope",
            deploymentName = "example",
        },
        externalInputs = (object?)null,
    }).GetProperty("snapshot").GetString()!;

    private static T Ask<T>(string method, object given)
    {
        using var answer = JsonDocument.Parse(Exchange(method, given));
        return answer.RootElement.TryGetProperty("error", out var fault)
            ? throw new InvalidOperationException(fault.ToString())
            : answer.RootElement.GetProperty("result").Deserialize<T>(JsonSerializerOptions.Web)!;
    }

    // A message is its JSON behind the header "Content-Length: BYTES" and an empty line.
    private static byte[] Exchange(string method, object given)
    {
        lock (Line)
        {
            var message = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["jsonrpc"] = "2.0", ["id"] = ++asked, ["method"] = method, ["params"] = given });
            var input = Server.Value.StandardInput.BaseStream;
            input.Write(Encoding.ASCII.GetBytes($"Content-Length: {message.Length}\r\n\r\n"));
            input.Write(message);
            input.Flush();

            var length = 0;
            while (ReadHeader(Server.Value.StandardOutput.BaseStream) is { Length: > 0 } header)
            {
                length = header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? int.Parse(header["Content-Length:".Length..], CultureInfo.InvariantCulture) : length;
            }

            var answer = new byte[length];
            Server.Value.StandardOutput.BaseStream.ReadExactly(answer);
            return answer;
        }
    }

    private static string ReadHeader(Stream stream)
    {
        var line = new StringBuilder();
        int read;
        while ((read = stream.ReadByte()) != '\n')
        {
            line.Append(read >= 0 ? (char)read : throw new InvalidOperationException("The Bicep compiler has ended."));
        }

        return line.ToString().Trim();
    }

    // It ends with its standard input, so with this process. Through this proxy it reaches nothing: what it needs, it brings.
    private static Process Start()
    {
        var start = new ProcessStartInfo(Program!, ["jsonrpc", "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["HTTP_PROXY"] = start.Environment["HTTPS_PROXY"] = "http://127.0.0.1:9";
        return Process.Start(start)!;
    }

    /// <param name="Contents">The template; null where it does not compile.</param>
    internal sealed record Compilation(bool Success, IReadOnlyList<Diagnostic> Diagnostics, string? Contents);

    internal sealed record Diagnostic(string Source, Span Range, string Level, string Code, string Message)
    {
        public override string ToString() => $"{Path.GetFileName(Source)} line {Range.Start.Line + 1}: {Level} {Code}: {Message}";
    }

    internal sealed record Span(Position Start, Position End);

    /// <param name="Line">From 0.</param>
    internal sealed record Position(int Line, int Char);
}
