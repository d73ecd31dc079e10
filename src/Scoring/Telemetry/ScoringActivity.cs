using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>Spans of the app, W3C context. All methods return null, at no cost, unless someone listens and samples.</summary>
public static class ScoringActivity
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string SourceName = "Scoring";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A scoring request; a child of the current activity, where there is one, else of <paramref name="traceparent"/>.</summary>
    public static Activity? StartRequest(string model, string? traceparent = null) =>
        Start("score", ActivityKind.Server, Activity.Current is null ? traceparent : null, model);

    /// <summary>One session run; a child of the current activity.</summary>
    /// <param name="rows">Rows that the run scores.</param>
    public static Activity? StartRun(string model, string version, int rows)
    {
        var activity = Start("run", ActivityKind.Internal, null, model);
        activity?.SetTag("scoring.version", version).SetTag("scoring.rows", rows);
        return activity;
    }

    /// <summary>A message taken from the queue; a child of the trace that its <paramref name="traceparent"/> names, when it is well-formed.</summary>
    public static Activity? StartMessage(string jobId, string? traceparent)
    {
        var activity = Start("message", ActivityKind.Consumer, traceparent, model: null);
        activity?.SetTag("scoring.job", jobId);
        return activity;
    }

    /// <summary>One chunk of a job; a child of the current activity.</summary>
    public static Activity? StartChunk(string model, string jobId, int index)
    {
        var activity = Start("chunk", ActivityKind.Internal, null, model);
        activity?.SetTag("scoring.job", jobId).SetTag("scoring.chunk", index);
        return activity;
    }

    /// <summary>The W3C traceparent to put into a message; null outside of any trace.</summary>
    public static string? CurrentTraceparent =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    private static Activity? Start(string name, ActivityKind kind, string? traceparent, string? model)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var activity = ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : Source.StartActivity(name, kind);
        if (model is not null)
        {
            activity?.SetTag("scoring.model", model);
        }

        return activity;
    }
}
