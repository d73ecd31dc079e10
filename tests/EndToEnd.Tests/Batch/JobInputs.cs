using System.Text;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>Inputs of any length, made of the sample's sessions with a bad row now and then.</summary>
internal static class JobInputs
{
    private const int BadEvery = 997;

    /// <summary>JSONL or CSV in a temporary file; disposing deletes it.</summary>
    public static async Task<FileStream> MakeAsync(string format, int rows)
    {
        var lines = await File.ReadAllLinesAsync(Checkout.PathTo("samples", "intent", "sessions.jsonl"));
        var records = lines.Select(line => Encoding.UTF8.GetBytes((format == "csv" ? ToCsv(line) : line) + "\n")).ToList();
        var bad = Encoding.UTF8.GetBytes((format == "csv" ? ToCsv(lines[0]).Replace("Sep", "Sept", StringComparison.Ordinal) : lines[0].Replace("Sep", "Sept", StringComparison.Ordinal)) + "\n");
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), $"job-input-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        if (format == "csv")
        {
            file.Write(Encoding.UTF8.GetBytes(string.Join(',', JsonNode.Parse(lines[0])!.AsObject().Select(property => property.Key)) + "\n"));
        }

        for (var row = 0; row < rows; row++)
        {
            file.Write(row % BadEvery == BadEvery - 1 ? bad : records[row % records.Count]);
        }

        file.Position = 0;
        return file;
    }

    private static string ToCsv(string line) => string.Join(',', JsonNode.Parse(line)!.AsObject().Select(property => property.Value!.ToString()));
}
