namespace Scoring.Inference;

/// <summary>Where a model's graph can be read in the ONNX format. Its session tells less: not which shapes are left out, nor what a missing value is.</summary>
internal static class GraphFile
{
    private const string RuntimeFormat = ".ort";

    /// <summary>True for a model in ONNX Runtime's own format, which only the runtime reads.</summary>
    public static bool IsOfTheRuntime(string modelPath) => modelPath.EndsWith(RuntimeFormat, StringComparison.OrdinalIgnoreCase);

    /// <summary>The model's own file, or the one of the same name in the ONNX format beside it; null where there is none.</summary>
    public static string? Of(string modelPath)
    {
        if (!IsOfTheRuntime(modelPath))
        {
            return modelPath;
        }

        var beside = Path.ChangeExtension(modelPath, ".onnx");
        return File.Exists(beside) ? beside : null;
    }
}
