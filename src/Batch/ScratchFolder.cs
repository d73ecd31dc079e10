namespace Scoring.Batch;

/// <summary>A folder of <see cref="ScratchSpace"/>; disposing deletes it with what is in it.</summary>
internal sealed class ScratchFolder(DirectoryInfo folder) : IDisposable
{
    public string Path => folder.FullName;

    public string PathTo(string name) => System.IO.Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}
