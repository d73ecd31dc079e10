using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scoring;
using Scoring.Batch;
using Scoring.Batch.DuckDb;
using Scoring.Repository;

namespace ModelTool.Training.Texts;

/// <summary>Opens files of texts by their name: <c>.csv</c>, <c>.tsv</c>, <c>.jsonl</c>, each also with <c>.gz</c> behind it, and <c>.parquet</c>.</summary>
internal static class TextTables
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="batch">Where DuckDB's library is, which Parquet is read with.</param>
    /// <param name="cancellationToken">Ends the search for it.</param>
    /// <exception cref="IOException">There is no such file, or it is of no kind that is read.</exception>
    public static async Task<ITextTable> OpenAsync(string path, BatchOptions batch, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new IOException($"There is no file {path}.");
        }

        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        switch (Path.GetExtension(name).ToUpperInvariant())
        {
            case ".CSV" or ".TSV":
                return new CsvTable(ReadWhole(path), path);
            case ".JSONL" or ".NDJSON" or ".JSON":
                return new JsonLinesTable(ReadWhole(path), path);
            case ".PARQUET" when name == path:
                using (var cache = new CacheFolder(null, TimeProvider.System, NullLogger<CacheFolder>.Instance))
                using (var library = new DuckDbLibrary(Options.Create(batch), cache))
                {
                    await library.LoadAsync(cancellationToken);
                }

                return new ParquetTable(path);
            default:
                throw new IOException($"{path}: expected a file that ends in .csv, .tsv, .jsonl or .parquet; the first three also with .gz behind it.");
        }
    }

    private static byte[] ReadWhole(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            return File.ReadAllBytes(path);
        }

        try
        {
            using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            packed.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{path} ends in .gz and is no gzip: {e.Message}", e);
        }
    }
}
