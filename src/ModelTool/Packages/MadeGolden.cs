namespace ModelTool.Packages;

/// <summary>A golden.json that was made for a publication. Disposing it removes the file, unless the package was published: the same command may then be given again.</summary>
/// <param name="path">The file.</param>
internal sealed class MadeGolden(string path) : IDisposable
{
    private bool isKept;

    /// <summary>The package is published with it.</summary>
    public void Keep() => isKept = true;

    public void Dispose()
    {
        if (!isKept)
        {
            File.Delete(path);
        }
    }
}
