using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>
/// Loads a package as a server would, warms it and runs its golden cases. What goes wrong with a message is a report; what kills the process is the
/// parent's to see, so this runs in a process of its own (src/Probe).
/// </summary>
public sealed class PackageTrial(TextWriter output, TimeProvider time)
{
    /// <summary>What the trial says it does while it runs the model on made-up rows.</summary>
    internal const string WarmingUp = "warming the model up";

    /// <summary>Writes how this process is walled off.</summary>
    public void Tell(CageReport cage) => Write(new ProbeLine(null, null, cage.ToString()));

    /// <summary>Runs the trial and writes each step, then the report, as a line of JSON.</summary>
    /// <param name="package">On the local disk.</param>
    /// <param name="settings">How to make its session.</param>
    /// <param name="warmsUp">False for a package whose run on made-up rows does not end: its golden cases decide.</param>
    public ProbeReport Run(ModelPackage package, SessionSettings settings, bool warmsUp)
    {
        NativeRuntime.EnsureReady();
        var before = ResidentBytes();
        var started = time.GetTimestamp();
        ProbeReport report;
        try
        {
            Say("loading the model");
            using var model = LoadedModel.Load(package, settings);
            WarmUpFault? fault = null;
            if (warmsUp)
            {
                Say(WarmingUp);
                fault = model.WarmUp();
            }

            var load = time.GetElapsedTime(started);
            report = RunCases(model, package.GoldenPath) with { Load = load, Warning = fault?.Warning, Tokenizer = model.Encoder.TokenizerKinds };
            if (fault is { LacksMemory: true } && report is { Passed: true, Cases: 0 })
            {
                // Nothing shows that any run of it could be paid for.
                report = Refuse(RefusalKind.Load, Unpayable(fault));
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            report = Refuse(RefusalKind.Load, e is ScoringException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException ? e.Message : $"The package cannot be read: {e.Message}");
        }

        report = report with { MemoryBytes = Math.Max(0, ResidentBytes() - before), PeakBytes = PeakBytes() };
        Write(new ProbeLine(null, report));
        return report;
    }

    /// <summary>Why a version whose warm-up lacks memory is refused.</summary>
    internal static string Unpayable(WarmUpFault fault) => $"A run on made-up rows cannot be had: {fault.Reason} A package whose golden cases pass is served all the same.";

    /// <summary>True where there are golden cases and all pass, run here and now.</summary>
    internal static bool Proves(LoadedModel model, string? goldenPath)
    {
        try
        {
            var cases = GoldenFile.Read(goldenPath);
            return cases.Count > 0 && cases.All(golden => Difference(model, golden) is null);
        }
        catch (Exception e) when (e is ScoringException || RunFailure.IsOfTheModel(e))
        {
            return false;
        }
    }

    private ProbeReport RunCases(LoadedModel model, string? goldenPath)
    {
        var started = time.GetTimestamp();
        var passed = 0;
        foreach (var golden in GoldenFile.Read(goldenPath))
        {
            Say($"scoring the golden case '{golden.Name}'");
            if (Difference(model, golden) is { } difference)
            {
                return Refuse(RefusalKind.Golden, $"The golden case '{golden.Name}' gives another prediction: {difference}.") with { Cases = passed };
            }

            passed++;
        }

        return new ProbeReport(null, null, TimeSpan.Zero, passed, time.GetElapsedTime(started), 0, 0);
    }

    private static string? Difference(LoadedModel model, GoldenCase golden)
    {
        using var batch = model.RentBatch();
        var faults = new FaultList();
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(golden.Instance));
        reader.Read();
        if (!batch.TryAdd(ref reader, instance: -1, faults))
        {
            return $"the instance is refused: {faults.FirstDetail}";
        }

        batch.Run(CancellationToken.None);
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer))
        {
            batch.WritePrediction(writer, 0, topK: null);
        }

        using var prediction = JsonDocument.Parse(answer.ToArray());
        return GoldenComparison.Difference(golden.Prediction, prediction.RootElement, golden.Tolerance);
    }

    private static ProbeReport Refuse(RefusalKind kind, string reason) => new(kind, reason, TimeSpan.Zero, 0, TimeSpan.Zero, 0, 0);

    private static long ResidentBytes() => Environment.WorkingSet;

    private static long PeakBytes()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private void Say(string doing) => Write(new ProbeLine(doing, null));

    // Flushed at once: after a crash the last line tells what was going on.
    private void Write(ProbeLine line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
