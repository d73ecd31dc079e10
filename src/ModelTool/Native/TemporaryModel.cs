namespace ModelTool.Native;

/// <summary>A name in the temporary folder for a model that one step needs; whatever is there is removed at the end.</summary>
internal sealed class TemporaryModel : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"model-tool-{Guid.NewGuid():N}.onnx");

    public void Dispose() => File.Delete(Path);
}
