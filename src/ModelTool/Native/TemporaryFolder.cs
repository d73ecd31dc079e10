namespace ModelTool.Native;

/// <summary>A folder for what one step puts aside; removed with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("model-tool-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
