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
                faults.Add($"the execution provider '{name}' is not in this build of ONNX Runtime {NativeRuntime.Version}; available are {string.Join(", ", Available())}. Use a Microsoft.ML.OnnxRuntime package that carries it");
            }
        }

        return faults;
    }

    /// <summary>The short names of what this native library offers.</summary>
    public static IReadOnlyList<string> Available()
        => [.. NativeNames.Where(pair => NativeRuntime.AvailableProviders.Contains(pair.Value)).Select(pair => pair.Key)];

    internal static void Append(SessionOptions options, IReadOnlyList<string> names)
    {
        foreach (var name in names)
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
}
