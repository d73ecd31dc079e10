using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>Execution providers by the short names of the configuration.</summary>
public static class ExecutionProviders
{
    // For each name of the configuration: the name in OrtEnv.GetAvailableProviders, the call that registers the provider, the package that brings it, and the libraries that it needs besides.
    // Named(…) takes the names that the runtime's provider_registration.cc knows; the other providers have a call of their own.
    private static readonly Dictionary<string, (string Native, Action<SessionOptions> Append, string? Package, string? Libraries)> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = ("CPUExecutionProvider", _ => { }, null, null),
        ["cuda"] = ("CUDAExecutionProvider", options => options.AppendExecutionProvider_CUDA(), "the package Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows in place of Microsoft.ML.OnnxRuntime", "the CUDA and cuDNN that its release notes name"),
        ["tensorrt"] = ("TensorrtExecutionProvider", options => options.AppendExecutionProvider_Tensorrt(), "the package Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows in place of Microsoft.ML.OnnxRuntime", "the CUDA, cuDNN and TensorRT that its release notes name"),
        ["openvino"] = ("OpenVINOExecutionProvider", Named("OpenVINO"), "the package Intel.ML.OnnxRuntime.OpenVino in place of Microsoft.ML.OnnxRuntime", null),
        ["dnnl"] = ("DnnlExecutionProvider", options => options.AppendExecutionProvider_Dnnl(), null, null),
        ["xnnpack"] = ("XnnpackExecutionProvider", Named("XNNPACK"), null, null),
        ["coreml"] = ("CoreMLExecutionProvider", Named("CoreML"), "the package Microsoft.ML.OnnxRuntime on macOS", null),
        ["directml"] = ("DmlExecutionProvider", options => options.AppendExecutionProvider_DML(), "the package Microsoft.ML.OnnxRuntime.DirectML in place of Microsoft.ML.OnnxRuntime, on Windows", null),
        ["qnn"] = ("QNNExecutionProvider", Named("QNN"), "the package Microsoft.ML.OnnxRuntime.QNN in place of Microsoft.ML.OnnxRuntime, on Windows for ARM64", null),
        ["webgpu"] = ("WebGpuExecutionProvider", Named("WebGPU"), null, null),
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
            if (!Table.TryGetValue(name, out var entry))
            {
                faults.Add($"'{name}' is not an execution provider; known are {string.Join(", ", Table.Keys)}");
            }
            else if (!NativeRuntime.AvailableProviders.Contains(entry.Native))
            {
                faults.Add($"the execution provider '{name}' is not in this build of ONNX Runtime {NativeRuntime.Version}; available are {string.Join(", ", Available())}. Install {SourceOf(name)}");
            }
        }

        return faults;
    }

    /// <summary>The short names of what this native library offers.</summary>
    public static IReadOnlyList<string> Available()
        => [.. Table.Where(pair => NativeRuntime.AvailableProviders.Contains(pair.Value.Native)).Select(pair => pair.Key)];

    /// <summary>ONNX Runtime's own name, such as <c>CPUExecutionProvider</c>; the name given where it is not known.</summary>
    public static string NativeName(string name) => Table.TryGetValue(name, out var entry) ? entry.Native : name;

    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: a provider is in this build and the libraries that it needs are not here.</exception>
    internal static void Append(SessionOptions options, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            try
            {
                AppendUnchecked(options, name);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new ScoringException(ErrorCode.ModelUnavailable, $"The execution provider '{name}' cannot be registered: {exception.Message} {Missing(name)}.", exception);
            }
        }
    }

    /// <summary>Registers one without asking whether it is here.</summary>
    internal static void AppendUnchecked(SessionOptions options, string name) => Table[name].Append(options);

    private static string SourceOf(string name) => !Table.TryGetValue(name, out var entry) || entry.Package is null ? "a build of ONNX Runtime that carries it"
        : entry.Libraries is null ? entry.Package : $"{entry.Package}, and {entry.Libraries}";

    // The package is there; what it needs in its turn is not.
    private static string Missing(string name) => NativeRuntime.AvailableProviders.Contains(Table[name].Native) && Table[name].Libraries is { } libraries
        ? $"The package is there; what is missing {(NotFound(name) is { } library ? $"is {library}, of" : "are")} {libraries}"
        : $"Install {SourceOf(name)}";

    // The runtime does not say which library its own provider asked for in vain; the system's loader does.
    private static string? NotFound(string name)
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, $"libonnxruntime_providers_{name}.so")));
            return null;
        }
        catch (DllNotFoundException exception)
        {
            var line = exception.Message.Split('\n').FirstOrDefault(text => text.Contains(": cannot open shared object file", StringComparison.Ordinal) && !text.Contains("libonnxruntime_providers", StringComparison.Ordinal));
            return line?.Split(':')[0].Trim();
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static Action<SessionOptions> Named(string name) => options => options.AppendExecutionProvider(name);
}
