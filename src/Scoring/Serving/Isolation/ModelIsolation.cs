using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Probing;
using Scoring.Telemetry;

namespace Scoring.Serving.Isolation;

/// <summary>Says which versions run in a process of their own, and gives them one. Disposing it, as the app ends, ends them all, also one that does not notice that the app is gone. Thread safe.</summary>
internal sealed class ModelIsolation(
    ProbeExecutable executable, ProbeLimits limits, IsolationPolicy policy, ScoringMetrics metrics, TimeProvider time, ILogger<ModelIsolation> log) : IDisposable
{
    private readonly ConcurrentDictionary<ModelProcess, byte> processes = [];

    /// <summary>Whether the package asks for it, or the options do for packages such as this one.</summary>
    public bool Wants(ModelPackage package) => policy switch
    {
        IsolationPolicy.All => true,
        IsolationPolicy.Unproven when package.GoldenPath is null => true,
        _ => Asks(package),
    };

    /// <summary>Loads a model in a process of its own.</summary>
    /// <param name="package">On the local disk.</param>
    /// <param name="settings">How to make the session.</param>
    /// <param name="givenUp">Told why once the process has died too often.</param>
    /// <exception cref="VersionRefusedException">The model does not load, or cannot be served this way.</exception>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: there can be no such process.</exception>
    public ModelSession Open(ModelPackage package, SessionSettings settings, Action<string> givenUp)
    {
        var process = new ModelProcess(() => ModelChild.Start(executable, package, settings, limits, time), package, givenUp, metrics, time, log);
        processes.TryAdd(process, 0);
        process.OnDisposed = gone => processes.TryRemove(gone, out _);
        try
        {
            return IsolatedSession.Open(process, settings);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in processes.Keys)
        {
            process.Dispose();
        }
    }

    /// <summary>Whether <c>model.json</c> asks for it. A file that cannot be read is refused at the load, with every fault of it.</summary>
    public static bool Asks(ModelPackage package)
    {
        try
        {
            return ModelConfigReader.ReadFile(package.ConfigPath).IsIsolated;
        }
        catch (ScoringException)
        {
            return false;
        }
    }
}
