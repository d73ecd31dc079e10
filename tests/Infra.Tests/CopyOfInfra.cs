namespace InfraTests;

/// <summary>A copy of infra/bicep, and of what it loads, that a test may spoil.</summary>
internal sealed class CopyOfInfra : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("infra-");

    public CopyOfInfra()
    {
        foreach (var file in Directory.EnumerateFiles(BicepCompiler.Folder, "*", SearchOption.AllDirectories).Append(Checkout.PathTo("docs", "runbooks.md")))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(Checkout.PathTo("."), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Bicep => Path.Combine(folder.FullName, "infra", "bicep");

    /// <summary>Replaces the only occurrence of a text.</summary>
    public void Replace(string file, string text, string by)
    {
        var path = Path.Combine(Bicep, file);
        var parts = File.ReadAllText(path).Split(text);
        Assert.True(parts.Length == 2, $"{file} holds '{text}' {parts.Length - 1} times, expected once.");
        File.WriteAllText(path, string.Join(by, parts));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
