using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Scoring.Batch.DuckDb;

/// <summary>Where the package <c>DuckDB.NET.Bindings</c> finds DuckDB's native library. Thread safe.</summary>
internal static class DuckDbBinding
{
    // What the package's imports name.
    private const string ImportName = "duckdb";

    private static readonly Lock Gate = new();
    private static nint library;

    /// <summary>Loads the library for the rest of the process. A process has one: where one is loaded already, another path changes nothing.</summary>
    /// <exception cref="DllNotFoundException">There is no library at the path, or one that it needs is missing.</exception>
    /// <exception cref="BadImageFormatException">It is a library of another platform, or none.</exception>
    public static void Load(string path)
    {
        lock (Gate)
        {
            if (library == 0)
            {
                var loaded = NativeLibrary.Load(path);
                NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, (name, _, _) => name == ImportName ? loaded : 0);
                library = loaded;
            }
        }
    }
}
