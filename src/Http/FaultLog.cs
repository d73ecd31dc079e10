using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Scoring.Http;

/// <summary>
/// Logs failures of requests: the first of a kind at once, with its path and its stack; those of the same kind within a minute as one line with their count. A kind is a route, a code and a
/// type of exception: what callers write into the place of <c>{id}</c> makes no other. Thread safe.
/// </summary>
internal sealed partial class FaultLog(ILogger logger, TimeProvider time) : IDisposable
{
    // Beyond so many kinds in a minute, all others are one.
    private const int MaxKinds = 64;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);
    private ITimer? timer;

    /// <summary>A failure with a code of ours, and what caused it.</summary>
    public void Failed(HttpRequest request, string code, Exception cause)
    {
        if (IsFirst($"{RouteOf(request)} with {code}, {cause.GetType().Name}"))
        {
            LogFailed(request.Path, code, Cause.Of(cause), ProblemResult.TraceOf(request.HttpContext), Cause.Trace(cause));
        }
    }

    /// <summary>A failure that nobody foresaw.</summary>
    public void Unexpected(HttpRequest request, Exception exception)
    {
        if (IsFirst($"{RouteOf(request)} unexpectedly, {exception.GetType().Name}"))
        {
            LogUnexpected(request.Path, ProblemResult.TraceOf(request.HttpContext), exception);
        }
    }

    /// <summary>True for the first failure of a kind in a minute, which is to be logged; the others are counted.</summary>
    public bool IsFirst(string kind)
    {
        lock (gate)
        {
            timer ??= time.CreateTimer(static log => ((FaultLog)log!).Tell(), this, Period, Timeout.InfiniteTimeSpan);
            if (!seen.TryGetValue(kind, out var count) && seen.Count >= MaxKinds)
            {
                kind = "in other ways";
                seen.TryGetValue(kind, out count);
            }

            seen[kind] = count + 1;
            return count == 0;
        }
    }

    public void Dispose() => timer?.Dispose();

    // Both hosts say which route took a request.
    private static string RouteOf(HttpRequest request) =>
        request.HttpContext.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } text } ? $"/{text.TrimStart('/')}" : request.Path;

    // What failed once was told; the minute after the last failure nobody waits for.
    private void Tell()
    {
        KeyValuePair<string, int>[] repeated;
        lock (gate)
        {
            repeated = [.. seen.Where(kind => kind.Value > 1)];
            seen.Clear();
            timer?.Dispose();
            timer = null;
        }

        foreach (var (kind, count) in repeated)
        {
            LogRepeated(count - 1, kind);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "{Path} failed with {Code}: {Cause} (trace id {TraceId})")]
    private partial void LogFailed(string path, string code, string cause, string traceId, Exception? exception);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "{Path} failed unexpectedly (trace id {TraceId}).")]
    private partial void LogUnexpected(string path, string traceId, Exception exception);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "{Count} more within the last minute failed like the one that was logged: {Kind}")]
    private partial void LogRepeated(int count, string kind);
}
