namespace ModelTool.Data;

/// <summary>A data file's records dealt into two files of the same kind: what is chosen by one half is judged by the other.</summary>
internal sealed class DataHalves : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("model-tool-");

    public DataHalves(string path)
    {
        var isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        (First, Second) = (Path.Combine(folder.FullName, $"first{Path.GetExtension(path)}"), Path.Combine(folder.FullName, $"{Path.GetFileName(path)}"));
        using var first = File.Create(First);
        using var second = File.Create(Second);
        var records = CsvRecords.Split(File.ReadAllBytes(path), quotes: isCsv);
        for (var index = 0; index < records.Count; index++)
        {
            // A header belongs to both.
            foreach (var half in isCsv && index == 0 ? [first, second] : new[] { index % 2 == 0 ? first : second })
            {
                half.Write(records[index].Span);
                half.WriteByte((byte)'\n');
            }
        }
    }

    /// <summary>To choose by.</summary>
    public string First { get; }

    /// <summary>To judge by; its file's name is the whole one's.</summary>
    public string Second { get; }

    public void Dispose() => folder.Delete(recursive: true);
}
