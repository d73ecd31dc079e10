using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>The process-wide state of ONNX Runtime: telemetry is off before its library loads, and only errors are logged.</summary>
public static partial class NativeRuntime
{
    private static readonly OrtEnv Environment = Create();

    /// <summary>Version of the native library, such as <c>1.29.0</c>.</summary>
    public static string Version
    {
        get
        {
            EnsureReady();
            return Environment.GetVersionString();
        }
    }

    /// <summary>Names of the execution providers that this native library was built with, such as <c>CPUExecutionProvider</c>.</summary>
    public static IReadOnlyList<string> AvailableProviders
    {
        get
        {
            EnsureReady();
            return Environment.GetAvailableProviders();
        }
    }

    /// <summary>Loads the native library if it is not loaded yet. Thread safe.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EnsureReady() => GC.KeepAlive(Environment);

    private static OrtEnv Create()
    {
        // ONNX Runtime reads the native environment, which the managed setter does not reach on Linux.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            SetNativeEnvironment("ORT_DISABLE_TELEMETRY", "1", 1);
        }
        else
        {
            System.Environment.SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
        }

        var options = new EnvironmentCreationOptions { logId = "scoring", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

        // A process has one environment; whoever used ONNX Runtime before made it.
        var environment = OrtEnv.IsCreated ? OrtEnv.Instance() : OrtEnv.CreateInstanceWithOptions(ref options);
        environment.DisableTelemetryEvents();
        return environment;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeEnvironment(string name, string value, int overwrite);
}
