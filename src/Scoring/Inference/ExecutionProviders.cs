using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>Execution providers by the short names of the configuration.</summary>
public static class ExecutionProviders
{
    private static readonly Dictionary<string, string> NativeNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = "CPUExecutionProvider",
        ["cuda"] = "CUDAExecutionProvider",
        ["tensorrt"] = "TensorrtExecutionProvider",
        ["openvino"] = "OpenVINOExecutionProvider",
        ["dnnl"] = "DnnlExecutionProvider",
        ["xnnpack"] = "XnnpackExecutionProvider",
        ["coreml"] = "CoreMLExecutionProvider",
        ["directml"] = "DmlExecutionProvider",
    };

    private static readonly Dictionary<string, string> Sources = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cuda"] = "the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, and the CUDA and cuDNN that its release notes name",
        ["tensorrt"] = "the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, and the CUDA, cuDNN and TensorRT that its release notes name",
        ["openvino"] = "the package Intel.ML.OnnxRuntime.OpenVino in place of Microsoft.ML.OnnxRuntime",
        ["directml"] = "the package Microsoft.ML.OnnxRuntime.DirectML in place of Microsoft.ML.OnnxRuntime, on Windows",
        ["coreml"] = "the package Microsoft.ML.OnnxRuntime on macOS",
    };

    /// <summary>What is wrong with a list of provider names; empty when each is known and available in this process.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> names)
    {
        if (names is ["cpu"])
        {
            return [];
        }

        var faults = new List<string>();
        if (names.Count == 0)
        {
            faults.Add("at least one execution provider is needed, such as 'cpu'");
        }

        foreach (var name in names)
        {
            if (!NativeNames.TryGetValue(name, out var native))
            {
                faults.Add($"'{name}' is not an execution provider; known are {string.Join(", ", NativeNames.Keys)}");
            }
            else if (!NativeRuntime.AvailableProviders.Contains(native))
            {
                faults.Add($"the execution provider '{name}' is not in this build of ONNX Runtime {NativeRuntime.Version}; available are {string.Join(", ", Available())}. Install {SourceOf(name)}");
            }
        }

        return faults;
    }

    /// <summary>The short names of what this native library offers.</summary>
    public static IReadOnlyList<string> Available()
        => [.. NativeNames.Where(pair => NativeRuntime.AvailableProviders.Contains(pair.Value)).Select(pair => pair.Key)];

    /// <summary>ONNX Runtime's own name, such as <c>CPUExecutionProvider</c>; the name given where it is not known.</summary>
    public static string NativeName(string name) => NativeNames.GetValueOrDefault(name, name);

    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: a provider is in this build and the libraries that it needs are not here.</exception>
    internal static void Append(SessionOptions options, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            try
            {
                Append(options, name);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new ScoringException(ErrorCode.ModelUnavailable, $"The execution provider '{name}' cannot be registered: {exception.Message} Install {SourceOf(name)}.", exception);
            }
        }
    }

    private static string SourceOf(string name) => Sources.GetValueOrDefault(name, "a build of ONNX Runtime that carries it");

    private static void Append(SessionOptions options, string name)
    {
        switch (name.ToUpperInvariant())
        {
            case "CPU":
                break;
            case "CUDA":
                options.AppendExecutionProvider_CUDA();
                break;
            case "TENSORRT":
                options.AppendExecutionProvider_Tensorrt();
                break;
            default:
                options.AppendExecutionProvider(NativeNames[name].Replace("ExecutionProvider", "", StringComparison.Ordinal));
                break;
        }
    }
}
