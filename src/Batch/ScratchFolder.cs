namespace Scoring.Batch;

/// <summary>A folder of <see cref="ScratchSpace"/>; disposing deletes it with what is in it.</summary>
internal sealed class ScratchFolder(string folder) : IDisposable
{
    public string Path => folder;

    public string PathTo(string name) => System.IO.Path.Combine(folder, name);

    public void Dispose() => OwnFolder.Delete(folder);
}
