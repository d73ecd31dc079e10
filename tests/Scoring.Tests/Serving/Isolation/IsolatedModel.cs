using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;
using Scoring.Telemetry;

namespace Scoring.Tests.Serving.Isolation;

/// <summary>A package loaded in a process of its own, without a catalog.</summary>
internal static class IsolatedModel
{
    public static LoadedModel Load(string folder, TimeSpan? limit = null)
    {
        var time = TimeProvider.System;
        var metrics = new ScoringMetrics(new ColdStartClock(time), time);
        var package = new ModelPackage("model", "1", new string('0', 64), folder, folder);
        var isolation = new ModelIsolation(
            ProbeExecutable.BesideTheApp, new ProbeLimits(limit ?? TimeSpan.FromMinutes(2), long.MaxValue), IsolationPolicy.All, metrics, time, NullLogger<ModelIsolation>.Instance);
        return LoadedModel.Load(package, SessionSettings.Plain, cache: null, settings => isolation.Open(package, settings, _ => { }));
    }

    public static ModelProcess ProcessOf(LoadedModel model) => Assert.IsType<IsolatedSession>(model.Session).Process;
}
