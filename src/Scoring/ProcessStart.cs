using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scoring.Inference;
using Scoring.Serving;
using Scoring.Telemetry;

namespace Scoring;

/// <summary>What a process does beside its host's own start, so that its first request waits for little more than the longer of the two.</summary>
public static class ProcessStart
{
    /// <summary>The first statement of Program.cs: starts the cold start's clock, and loads ONNX Runtime and rehearses a load while the host is put together.</summary>
    public static void Enter()
    {
        ColdStartClock.Enter();

        // What fails here, a library that does not load or a disk that is full, fails again and is told at the first load of a model.
        _ = Task.Factory.StartNew(LoadNative, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void LoadNative()
    {
        NativeRuntime.EnsureReady();
        StartupWarmUp.Run();
    }

    /// <summary>Begins to load what <see cref="ScoringOptions.Preload"/> names before the host makes and starts its services.</summary>
    /// <returns>The same host.</returns>
    public static IHost Preload(this IHost host)
    {
        // Options that are wrong fail again, and are told, when the host starts.
        _ = Task.Run(() => host.Services.GetRequiredService<ModelPreload>().Begin());
        return host;
    }
}
