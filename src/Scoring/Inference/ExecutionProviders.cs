using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OptionsByName = System.Collections.Generic.Dictionary<string, string>;

namespace Scoring.Inference;

/// <summary>Execution providers by the short names of the configuration.</summary>
public static class ExecutionProviders
{
    // For each name of the configuration: the name in OrtEnv.GetAvailableProviders, the call that registers the provider, the package that brings it, and the libraries that it needs besides.
    // Named(…) takes the names that the runtime's provider_registration.cc knows; the other providers have a call of their own.
    private static readonly Dictionary<string, (string Native, Action<SessionOptions, OptionsByName> Append, string? Package, string? Libraries)> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = ("CPUExecutionProvider", Cpu, null, null),
        ["cuda"] = ("CUDAExecutionProvider", Cuda, "the package Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows in place of Microsoft.ML.OnnxRuntime", "the CUDA and cuDNN that its release notes name"),
        ["tensorrt"] = ("TensorrtExecutionProvider", TensorRt, "the package Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows in place of Microsoft.ML.OnnxRuntime", "the CUDA, cuDNN and TensorRT that its release notes name"),
        ["openvino"] = ("OpenVINOExecutionProvider", Named("OpenVINO"), "the package Intel.ML.OnnxRuntime.OpenVino in place of Microsoft.ML.OnnxRuntime", null),
        ["dnnl"] = ("DnnlExecutionProvider", Dnnl, null, null),
        ["xnnpack"] = ("XnnpackExecutionProvider", Named("XNNPACK"), null, null),
        ["coreml"] = ("CoreMLExecutionProvider", Named("CoreML"), "the package Microsoft.ML.OnnxRuntime on macOS", null),
        ["directml"] = ("DmlExecutionProvider", DirectMl, "the package Microsoft.ML.OnnxRuntime.DirectML in place of Microsoft.ML.OnnxRuntime, on Windows", null),
        ["qnn"] = ("QNNExecutionProvider", Named("QNN"), "the package Microsoft.ML.OnnxRuntime.QNN in place of Microsoft.ML.OnnxRuntime, on Windows for ARM64", null),
        ["webgpu"] = ("WebGpuExecutionProvider", Named("WebGPU"), null, null),
    };

    /// <summary>What is wrong with a list of provider names; empty when each is known and available in this process.</summary>
    /// <param name="names">The short names.</param>
    /// <param name="fallsBack">Whether those that are not available may be left out.</param>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> names, bool fallsBack = false)
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
            else if (!fallsBack && !NativeRuntime.AvailableProviders.Contains(entry.Native))
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

    /// <summary>Registers the providers that the settings name, in their order.</summary>
    /// <returns>Those that are registered, and why others are not.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: a provider cannot be registered, and the settings do not let it be left out.</exception>
    internal static ProvidersInUse Append(SessionOptions options, SessionSettings settings)
    {
        var (used, skipped) = (new List<string>(), new List<string>());
        foreach (var name in settings.ExecutionProviders)
        {
            try
            {
                AppendUnchecked(options, name, settings.OptionsOf(name));
                used.Add(name);
            }
            catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
            {
                var reason = $"The execution provider '{name}' cannot be registered: {NativeMessage.Clean(exception.Message)} {Missing(name)}.";
                if (!settings.FallsBack)
                {
                    throw new ScoringException(ErrorCode.ModelUnavailable, reason, exception);
                }

                skipped.Add(reason);
            }
        }

        return new ProvidersInUse(used.Count > 0 ? used : ["cpu"], skipped);
    }

    /// <summary>Registers one without asking whether it is here.</summary>
    internal static void AppendUnchecked(SessionOptions options, string name, OptionsByName? own = null)
    {
        if (!Table.TryGetValue(name, out var entry))
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"'{name}' is not an execution provider; known are {string.Join(", ", Table.Keys)}.");
        }

        entry.Append(options, own ?? []);
    }

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

    private static Action<SessionOptions, OptionsByName> Named(string name) => (options, own) => options.AppendExecutionProvider(name, own);

    // Always there, and registered last by the runtime itself.
    private static void Cpu(SessionOptions options, OptionsByName own) => RequireOnly("cpu", own, []);

    private static void Cuda(SessionOptions options, OptionsByName own)
    {
        if (own.Count == 0)
        {
            options.AppendExecutionProvider_CUDA();
            return;
        }

        using var provider = new OrtCUDAProviderOptions();
        provider.UpdateOptions(own);
        options.AppendExecutionProvider_CUDA(provider);
    }

    private static void TensorRt(SessionOptions options, OptionsByName own)
    {
        if (own.Count == 0)
        {
            options.AppendExecutionProvider_Tensorrt();
            return;
        }

        using var provider = new OrtTensorRTProviderOptions();
        provider.UpdateOptions(own);
        options.AppendExecutionProvider_Tensorrt(provider);
    }

    private static void Dnnl(SessionOptions options, OptionsByName own)
    {
        RequireOnly("dnnl", own, ["use_arena"]);
        options.AppendExecutionProvider_Dnnl(Whole("dnnl", own, "use_arena", 1));
    }

    private static void DirectMl(SessionOptions options, OptionsByName own)
    {
        RequireOnly("directml", own, ["device_id"]);
        options.AppendExecutionProvider_DML(Whole("directml", own, "device_id", 0));
    }

    // Where the runtime takes no options by name, nobody else would tell of a wrong one.
    private static void RequireOnly(string provider, OptionsByName own, string[] known)
    {
        if (own.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw new ScoringException(
                ErrorCode.ModelUnavailable, $"The execution provider '{provider}' has no option '{unknown}'; {(known.Length == 0 ? "it has none" : $"known are {string.Join(", ", known)}")}.");
        }
    }

    private static int Whole(string provider, OptionsByName own, string key, int otherwise) =>
        !own.TryGetValue(key, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw new ScoringException(ErrorCode.ModelUnavailable, $"The option '{key}' of the execution provider '{provider}' is '{text}'; expected a whole number.");
}
