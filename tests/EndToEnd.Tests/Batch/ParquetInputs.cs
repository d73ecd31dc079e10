using System.Globalization;
using Azure.Storage.Blobs;
using Scoring.Batch.DuckDb;

namespace EndToEnd.Tests.Batch;

/// <summary>Inputs as Parquet, by DuckDB.</summary>
internal static class ParquetInputs
{
    /// <summary>Writes rows of <see cref="JobInputs"/> as a file.</summary>
    public static async Task WriteAsync(string path, int rows, int rowGroup)
    {
        var csv = path + ".csv";
        await using (var input = await JobInputs.MakeAsync("csv", rows))
        await using (var file = File.Create(csv))
        {
            await input.CopyToAsync(file);
        }

        Convert(csv, path, rowGroup);
        File.Delete(csv);
    }

    /// <summary>Converts a CSV input.</summary>
    public static async Task ConvertAsync(JobCluster cluster, string csv, string parquet)
    {
        var folder = Directory.CreateTempSubdirectory("parquet-");
        try
        {
            var (from, to) = (Path.Combine(folder.FullName, csv), Path.Combine(folder.FullName, parquet));
            await new BlobClient(cluster.Storage.ConnectionString, "inputs", csv).DownloadToAsync(from);
            Convert(from, to, rowGroup: 122_880);
            await using var file = File.OpenRead(to);
            await cluster.UploadAsync(parquet, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Convert(string csv, string parquet, int rowGroup)
    {
        DuckDbBinding.Load(Path.Combine(AppContext.BaseDirectory, DuckDbLibrary.FileName));
        using var connection = new DuckDbConnection();
        connection.Query(string.Create(CultureInfo.InvariantCulture, $"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet, ROW_GROUP_SIZE {rowGroup})"));
    }
}
