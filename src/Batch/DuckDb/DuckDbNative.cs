using System.Runtime.InteropServices;

namespace Scoring.Batch.DuckDb;

/// <summary>The few functions of DuckDB's C API (1.5) that are used here, bound by name. Its handles are pointers that its own functions free.</summary>
internal sealed unsafe class DuckDbNative
{
    public readonly delegate* unmanaged<byte*, nint*, int> Open;
    public readonly delegate* unmanaged<nint*, void> Close;
    public readonly delegate* unmanaged<nint, nint*, int> Connect;
    public readonly delegate* unmanaged<nint*, void> Disconnect;
    public readonly delegate* unmanaged<nint, void> Interrupt;
    public readonly delegate* unmanaged<nint, byte*, Result*, int> Query;
    public readonly delegate* unmanaged<Result*, void> DestroyResult;
    public readonly delegate* unmanaged<Result*, byte*> ResultError;
    public readonly delegate* unmanaged<Result*, ulong> ColumnCount;
    public readonly delegate* unmanaged<Result*, ulong> RowCount;
    public readonly delegate* unmanaged<Result*, ulong, ulong, byte*> ValueText;
    public readonly delegate* unmanaged<void*, void> Free;

    public DuckDbNative(nint library)
    {
        Open = (delegate* unmanaged<byte*, nint*, int>)NativeLibrary.GetExport(library, "duckdb_open");
        Close = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(library, "duckdb_close");
        Connect = (delegate* unmanaged<nint, nint*, int>)NativeLibrary.GetExport(library, "duckdb_connect");
        Disconnect = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(library, "duckdb_disconnect");
        Interrupt = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "duckdb_interrupt");
        Query = (delegate* unmanaged<nint, byte*, Result*, int>)NativeLibrary.GetExport(library, "duckdb_query");
        DestroyResult = (delegate* unmanaged<Result*, void>)NativeLibrary.GetExport(library, "duckdb_destroy_result");
        ResultError = (delegate* unmanaged<Result*, byte*>)NativeLibrary.GetExport(library, "duckdb_result_error");
        ColumnCount = (delegate* unmanaged<Result*, ulong>)NativeLibrary.GetExport(library, "duckdb_column_count");
        RowCount = (delegate* unmanaged<Result*, ulong>)NativeLibrary.GetExport(library, "duckdb_row_count");
        ValueText = (delegate* unmanaged<Result*, ulong, ulong, byte*>)NativeLibrary.GetExport(library, "duckdb_value_varchar");
        Free = (delegate* unmanaged<void*, void>)NativeLibrary.GetExport(library, "duckdb_free");
    }

    /// <summary><c>duckdb_result</c>: five members that the C API has deprecated, and its own data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Result
    {
        private fixed ulong deprecated[5];
        private nint data;
    }
}
