using System.Diagnostics;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference;

namespace ModelTool.Optimizing;

/// <summary>Loads two packages turn by turn, each with the session that its model.json asks for.</summary>
internal sealed record LoadTimesStep(string Original, string Changed, double Seconds)
{
    private const int MinRounds = 5;
    private const int MaxRounds = 101;

    public object Run(StepProgress progress)
    {
        var (before, after) = (new List<double>(), new List<double>());
        var started = Stopwatch.GetTimestamp();
        Load(Original);
        while (before.Count < MaxRounds && (before.Count < MinRounds || Stopwatch.GetElapsedTime(started).TotalSeconds < Seconds))
        {
            progress.Doing("loading the original");
            before.Add(Load(Original));
            progress.Doing("loading the changed model");
            after.Add(Load(Changed));
        }

        return new LoadTimesFound(Middle(before), Middle(after));
    }

    private static double Load(string folder)
    {
        var package = ModelTarget.Package(folder);
        var settings = SessionSettings.Plain.With(ModelConfigReader.ReadFile(package.ConfigPath).Session);
        var start = Stopwatch.GetTimestamp();
        using var session = ModelSession.Load(package.ModelPath, settings);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Middle(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
