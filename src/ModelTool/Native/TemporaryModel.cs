using Scoring;

namespace ModelTool.Native;

/// <summary>A name in the temporary folder for a model that one step needs; whatever is there is removed at the end.</summary>
internal sealed class TemporaryModel : IDisposable
{
    public string Path { get; } = ProcessFolder.Shared.NewPath(".onnx");

    public void Dispose() => File.Delete(Path);
}
