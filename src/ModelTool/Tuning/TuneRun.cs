using System.Security.Cryptography;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;
using ModelTool.Packages;
using ModelTool.Quantizing;
using ModelTool.Verbs;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;
using Scoring.Onnx;

namespace ModelTool.Tuning;

/// <summary>Searches the settings that a package is best served with: 1 INT8 made, where answers allow it, 2 settings halved, 3 the winner beside what is in use, 4 written.</summary>
/// <param name="Threads">Counts to try.</param>
/// <param name="BatchRows">Batch limits to try.</param>
/// <param name="TriesInt8">Whether INT8 is among the settings.</param>
internal sealed record TuneRun(ToolContext Context, ModelTarget Target, IReadOnlyList<int> Threads, IReadOnlyList<int> BatchRows, bool TriesInt8, TimeSpan Slo, MeasuredRows Rows)
{
    // Less is within what a busy machine lets one measure, and not worth another package.
    private const double MinGain = 1.1;

    private static readonly GraphOptimization[] Levels = [GraphOptimization.All, GraphOptimization.Extended, GraphOptimization.Basic];
    private static readonly bool[] Either = [false, true];
    private static readonly bool[] No = [false];

    private readonly ModelConfig config = ModelConfigReader.ReadFile(ModelTarget.Package(Target.Folder).ConfigPath);

    /// <summary>Searches, and writes a new package where something is gained.</summary>
    public async Task<TuneReport> TuneAsync(string to, string statePath, CancellationToken cancellationToken)
    {
        // 1. What does not even load is refused before anything is searched.
        await Context.StepAsync<LoadFound>(new LoadStep(Target.Folder, ["cpu"]), Target.Given, cancellationToken);
        var (int8, whyNot) = TriesInt8 ? await Int8Async(to, cancellationToken) : (null, "not asked for");
        using var _ = int8;

        // 2.
        using var state = TuneState.Open(statePath, Identity(int8 is not null));
        var now = Now();
        var all = await new SuccessiveHalving(Slo, TimeSpan.FromSeconds(Rows.Seconds)).RunAsync(
            Settings(now, int8 is not null), now, (round, settings, time) => MeasureAsync(round, settings, time, int8?.Folder, state, cancellationToken));

        // 3.
        var chosen = TuneMeasurement.Ranked(all, Slo)[0];
        var before = all.Single(found => found.Setting == now);
        var isGain = chosen.Setting != now && chosen.Latency is not null
            && (before.Latency is null || (before.P99Microseconds > Slo.TotalMicroseconds ? chosen.P99Microseconds * MinGain < before.P99Microseconds : chosen.Capacity > MinGain * before.Capacity));
        var report = new TuneReport(isGain ? "tuned" : "nothingToTune", Sentence(isGain, before, chosen, to), Slo.TotalMilliseconds, before, chosen, ParetoFront.Of(all), all, state.Resumed, whyNot);

        // 4.
        if (isGain)
        {
            await WriteAsync(report, int8, to, cancellationToken);
        }

        return report;
    }

    private TuneSetting Now()
    {
        var session = SessionSettings.Plain.With(config.Session);
        return new TuneSetting(session.IntraOpThreads, session.Optimization, session.Spinning, Math.Min(config.MaxRows, BatchRows.Max()), false);
    }

    private IReadOnlyList<TuneSetting> Settings(TuneSetting now, bool hasInt8) =>
    [
        .. (from threads in Threads
            from level in Levels
            from spinning in threads > 1 ? Either : No
            from quantized in hasInt8 ? Either : No
            from rows in BatchRows.Where(rows => rows <= config.MaxRows).DefaultIfEmpty(config.MaxRows)
            select new TuneSetting(threads, level, spinning, rows, quantized)).Append(now).Distinct()
    ];

    private JsonParts Identity(bool hasInt8) => new JsonParts()
        .With("model", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Target.ModelPath))))
        .With("path", Rows.Path)
        .With("sequence", Rows.Sequence)
        .With("slo", Slo.TotalMilliseconds)
        .With("threads", Threads)
        .With("batchRows", BatchRows)
        .With("int8", hasInt8)
        .With("processorCount", Environment.ProcessorCount)
        .With("machineName", Environment.MachineName);

    private async Task<(PackageCopy? Copy, string? WhyNot)> Int8Async(string to, CancellationToken cancellationToken)
    {
        var original = ModelFile.ReadWhole(Target.ModelPath);
        var options = new QuantizationOptions(QuantizationMode.Dynamic, PerChannel: true, !QuantizationOptions.HasVnni, []);
        ModelProto rewritten = original.Clone();
        QuantizationPlan plan;
        try
        {
            plan = ModelQuantizer.Rewrite(rewritten, options);
        }
        catch (RefusedException e)
        {
            return (null, e.Message);
        }

        if (plan.Products + plan.Tables == 0 || ExternalWeights.Write(rewritten).Length >= ExternalWeights.Write(original).Length)
        {
            return (null, "there is nothing that INT8 makes smaller");
        }

        // Answers decide here; time is what is searched.
        var bounds = new QuantizationBounds(1, double.PositiveInfinity, 0.99, 0.05, 0.01, 0.01);
        var run = new QuantizationRun(Context, Target, [QuantizationMode.Dynamic], options, bounds, Rows with { Seconds = 0.1 }, false);
        var (attempt, copy) = await new QuantizationTrial(run, options, original, long.MaxValue, to).MeasureAsync(cancellationToken);
        if (attempt.IsKept)
        {
            return (copy, null);
        }

        copy.Dispose();
        return (null, attempt.Failures);
    }

    private async Task<IReadOnlyList<TuneMeasurement>> MeasureAsync(int round, IReadOnlyList<TuneSetting> settings, TimeSpan time, string? int8, TuneState state, CancellationToken cancellationToken)
    {
        foreach (var session in settings.Where(setting => state.Find(setting, round) is null).GroupBy(setting => setting.Session))
        {
            TuneSetting[] group = [.. session];
            Context.Stage = $"round {round}, {settings.Count(setting => state.Find(setting, round) is not null)} of {settings.Count} settings measured";
            IReadOnlyList<TuneMeasurement> found;
            try
            {
                var step = new TuneStep(session.Key.Int8 ? int8! : Target.Folder, session.Key, Array.ConvertAll(group, setting => setting.Rows), Rows.Path, Rows.Sequence, Slo.TotalMilliseconds, time.TotalSeconds);
                var latencies = (await Context.StepAsync<TuneFound>(step, Target.Given, cancellationToken)).Latencies;
                found = [.. group.Select((setting, index) => new TuneMeasurement(setting, round, latencies[index], null))];
            }
            catch (RefusedException e)
            {
                // A setting that fails is out; the others are not to blame.
                found = [.. group.Select(setting => new TuneMeasurement(setting, round, null, e.Message))];
            }

            foreach (var measurement in found)
            {
                state.Add(measurement);
            }
        }

        var all = settings.Select(setting => state.Find(setting, round)!).ToList();
        return all.Exists(found => found.Latency is not null) ? all : throw new RefusedException($"No setting runs; the first: {all[0].Failed}");
    }

    private string Sentence(bool isGain, TuneMeasurement before, TuneMeasurement chosen, string to)
    {
        var missed = chosen.P99Microseconds > Slo.TotalMicroseconds ? $" The SLO of {Figures.Duration(Slo.TotalMicroseconds)} is missed by every setting." : "";
        return isGain
            ? $"Tuned: {chosen.Setting}: p99 {Figures.Duration(chosen.P99Microseconds)}, {Figures.Count(chosen.Capacity)} rows/s, where {before.Setting} did p99 {Figures.Duration(before.P99Microseconds)}, {Figures.Count(before.Capacity)} rows/s. {to} is the new package.{missed}"
            : $"Nothing to tune: no setting is a tenth better than what is in use, {before.Setting}: p99 {Figures.Duration(before.P99Microseconds)}, {Figures.Count(before.Capacity)} rows/s. Nothing was written.{missed}";
    }

    private async Task WriteAsync(TuneReport report, PackageCopy? int8, string to, CancellationToken cancellationToken)
    {
        var setting = report.Chosen.Setting;
        using var copy = PackageCopy.For(Target.Folder, to, node =>
        {
            node["maxRows"] = setting.Rows;
            node["session"] = new System.Text.Json.Nodes.JsonObject
            {
                ["threads"] = setting.Threads,
                ["optimization"] = setting.Optimization.ToString().ToLowerInvariant(),
                ["spinning"] = setting.Spinning,
            };
        });
        if (setting.Int8)
        {
            copy.ReplaceModel(await File.ReadAllBytesAsync(Path.Combine(int8!.Folder, Scoring.Repository.ModelPackage.ModelFile), cancellationToken));
        }

        await File.WriteAllTextAsync(Path.Combine(copy.Folder, "tuning.svg"), ParetoDiagram.Draw(report, $"{Target.Given}: {report.All.Count} settings"), cancellationToken);
        await Context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), to, cancellationToken);
        copy.MoveTo(to);
    }
}
