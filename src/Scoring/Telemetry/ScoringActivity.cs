using System.Diagnostics;

namespace Scoring.Telemetry;

/// <summary>Spans of the app, W3C context. All methods that start one return null, at no cost, unless someone listens and samples.</summary>
public static class ScoringActivity
{
    /// <summary>Name of the ActivitySource and of the Meter.</summary>
    public const string SourceName = "Scoring";

    // With the default in its place, a span that is to have no parent would take the current one.
    private static readonly ActivitySpanId NoSpan = ActivitySpanId.CreateFromBytes(stackalloc byte[8]);

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The W3C traceparent to put into a message: of the current span or, where that one is exported by nobody, of the span that it came from. Null outside of any trace.</summary>
    public static string? CurrentTraceparent =>
        Activity.Current is not { IdFormat: ActivityIdFormat.W3C } current ? null
        : IsExported(current) ? current.Id
        : ParentOf(current) != default ? $"00-{current.TraceId}-{current.ParentSpanId}-{(current.Recorded ? "01" : "00")}"
        : null;

    /// <summary>
    /// Whether a sampler decides on traces that begin here. It must then see that there is no parent, which costs an allocation a request; otherwise such a trace takes the id that
    /// the web server gave the request.
    /// </summary>
    internal static bool BeginsTraces { get; set; }

    /// <summary>Chooses the requests that get a span where no other sampler is asked; null for none.</summary>
    internal static SpanSampler? Sampler { get; set; }

    /// <summary>A scoring request; a child of its caller's span, never of one that the web server makes in between and nobody exports.</summary>
    /// <param name="model">Its name, as the caller spelled it.</param>
    /// <param name="traceparent">What the caller sent; null for nothing, then the current activity tells.</param>
    public static Activity? StartRequest(string model, string? traceparent = null)
    {
        if (!Source.HasListeners() || (!BeginsTraces && Sampler?.TrySkipRequest() == true))
        {
            return null;
        }

        var caller = CallerOf(traceparent);
        return BeginsTraces && IsNone(caller.SpanId) ? Tag(Begin(), model) : Tag(Source.StartActivity("score", ActivityKind.Server, caller), model);
    }

    /// <summary>
    /// For a request that failed and has no span, a place in its trace: what is logged inside it is found by the trace, and the request is sent under this span's id. No listener hears of it.
    /// </summary>
    /// <param name="span">The request's span; where it has one there is nothing to do.</param>
    /// <param name="traceparent">As of <see cref="StartRequest"/>.</param>
    public static Activity? StartFailure(Activity? span, string? traceparent)
    {
        if (span is not null)
        {
            return null;
        }

        var caller = CallerOf(traceparent);
        var failure = new Activity("score");
        if (caller.TraceId != default)
        {
            failure.SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        }

        return failure.Start();
    }

    /// <summary>The wait for a slot to run in; a child of the current activity.</summary>
    public static Activity? StartWait(string model) => Start("wait", ActivityKind.Internal, null, model);

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

    /// <summary>The commit of a job's output; a child of the current activity.</summary>
    public static Activity? StartCommit(string model, string jobId)
    {
        var activity = Start("commit", ActivityKind.Internal, null, model);
        activity?.SetTag("scoring.job", jobId);
        return activity;
    }

    /// <summary>Marks a span as failed, by the exception's type and code. Its message stays out: it may hold values of an input.</summary>
    public static void SetFailure(this Activity? activity, Exception exception)
    {
        if (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("error.type", exception.GetType().FullName);
            if (exception is ScoringException known)
            {
                activity.SetTag(MetricDimensions.Code, known.Code.Name());
            }
        }
    }

    /// <summary>Where a request came from: the caller's context; without one, the trace of the current activity alone.</summary>
    internal static ActivityContext CallerOf(string? traceparent) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var caller) ? caller
        : Activity.Current is not { IdFormat: ActivityIdFormat.W3C } current ? default
        : IsExported(current) ? current.Context
        : new ActivityContext(current.TraceId, ParentOf(current) is var parent && parent != default ? parent : NoSpan, current.ActivityTraceFlags, isRemote: true);

    /// <summary>The trace and the span that a request without a span of its own came from; default for none.</summary>
    internal static (ActivityTraceId Trace, ActivitySpanId Parent) PlaceOf(string? traceparent) =>
        CallerOf(traceparent) is var caller && IsNone(caller.SpanId) ? (caller.TraceId, default) : (caller.TraceId, caller.SpanId);

    /// <summary>The span that an activity came from; default for none.</summary>
    internal static ActivitySpanId ParentOf(Activity activity) => IsNone(activity.ParentSpanId) ? default : activity.ParentSpanId;

    private static bool IsNone(ActivitySpanId span) => span == default || span == NoSpan;

    // An activity that no source made, as the web server's is while nobody listens to it, is exported by nobody, whatever its flags say.
    private static bool IsExported(Activity activity) => activity.Recorded && activity.Source.Name.Length > 0;

    private static Activity? Begin()
    {
        var around = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity("score", ActivityKind.Server);
        if (activity is null)
        {
            Activity.Current = around;
        }

        return activity;
    }

    private static Activity? Start(string name, ActivityKind kind, string? traceparent, string? model)
    {
        // A source that asks its listeners allocates 48 bytes, also where they want nothing.
        if (!Source.HasListeners() || (kind == ActivityKind.Internal && !BeginsTraces && Sampler is not null && !SpanSampler.IsChosen(Activity.Current)))
        {
            return null;
        }

        var activity = ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : Source.StartActivity(name, kind);
        return Tag(activity, model);
    }

    private static Activity? Tag(Activity? activity, string? model) => model is null ? activity : activity?.SetTag("scoring.model", model);
}
