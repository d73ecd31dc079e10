using System.Runtime.InteropServices;
using Azure.Storage.Blobs;
using Scoring.Batch.DuckDb;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>Inputs as Parquet, by DuckDB.</summary>
internal static class ParquetInputs
{
    /// <summary>Converts a CSV input.</summary>
    public static async Task ConvertAsync(JobCluster cluster, string csv, string parquet)
    {
        var folder = Directory.CreateTempSubdirectory("parquet-");
        try
        {
            var (from, to) = (Path.Combine(folder.FullName, csv), Path.Combine(folder.FullName, parquet));
            await new BlobClient(cluster.Storage.ConnectionString, "inputs", csv).DownloadToAsync(from);
            var library = NativeLibrary.Load(Checkout.PathTo("eng", "node", "node_modules", "@duckdb", "node-bindings-linux-x64", "libduckdb.so"));
            using (var connection = new DuckDbConnection(new DuckDbNative(library)))
            {
                connection.Query($"COPY (SELECT * FROM read_csv('{from}')) TO '{to}' (FORMAT parquet, ROW_GROUP_SIZE 122880)");
            }

            await using var file = File.OpenRead(to);
            await cluster.UploadAsync(parquet, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
