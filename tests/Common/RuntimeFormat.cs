using Microsoft.ML.OnnxRuntime;

namespace TestCommon;

/// <summary>Writes models in ONNX Runtime's own format.</summary>
internal static class RuntimeFormat
{
    /// <summary>Puts <c>model.ort</c> in the place of a folder's <c>model.onnx</c>, or beside it.</summary>
    public static void Convert(string folder, bool isBeside = false)
    {
        var model = Path.Combine(folder, "model.onnx");
        using (var options = new SessionOptions { OptimizedModelFilePath = Path.Combine(folder, "model.ort"), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
        {
            options.AddSessionConfigEntry("session.save_model_format", "ORT");
            options.RegisterOrtExtensions();
            using var session = new InferenceSession(model, options);
        }

        if (!isBeside)
        {
            File.Delete(model);
        }
    }
}
