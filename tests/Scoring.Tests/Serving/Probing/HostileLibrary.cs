using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TestCommon;

namespace Scoring.Tests.Serving.Probing;

/// <summary>A package with a library of operators, Hostile.c, that tries to get out of the process which loads it; and what it tries to reach.</summary>
internal sealed class HostileLibrary : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Socket diagnostics = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HostileLibrary()
    {
        listener.Start();
        diagnostics.Bind(new UnixDomainSocketEndPoint(folder.PathTo("diagnostics")));
        diagnostics.Listen();
        OffsetModel.Write(Other, 1);
        OffsetModel.Write(Package, 1);
    }

    /// <summary>The package's folder.</summary>
    public string Package => folder.PathTo("package");

    /// <summary>Another model's folder.</summary>
    public string Other => folder.PathTo("other");

    /// <summary>Compiles the library and has the package name it.</summary>
    /// <param name="definitions">What else the compiler is told.</param>
    public async Task<HostileLibrary> CompileAsync(params string[] definitions)
    {
        string[] options =
        [
            "-shared", "-fPIC", "-O1", "-pthread", $"-DPORT={((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}", $"-DOTHER=\"{Other}\"",
            $"-DDIAGNOSTICS=\"{folder.PathTo("diagnostics")}\"", .. definitions,
        ];
        await CompilerRun.CompileAsync("Hostile.c", Path.Combine(Package, "libhostile.so"), options);
        var path = Path.Combine(Package, "model.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).TrimEnd()[..^1] + ""","customOperators":"libhostile.so"}""");
        return this;
    }

    /// <summary>What it told, by the names of its attempts: <c>ok</c>, the system's error, or a number.</summary>
    public static Dictionary<string, string> Read(string? reason) =>
        reason!.Split(": ")[^1].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=', ':')).Where(one => one.Length == 2).ToDictionary(one => one[0], one => one[1]);

    public void Dispose()
    {
        diagnostics.Dispose();
        listener.Dispose();
        folder.Dispose();
    }
}
