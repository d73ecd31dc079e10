using Microsoft.Extensions.Logging;

namespace Scoring.Http;

/// <summary>
/// Logs failures of requests: the first of a kind at once, with its stack; those of the same kind within a minute as one line with their count. A kind is a path, a code and a type of
/// exception. Thread safe.
/// </summary>
internal sealed partial class FaultLog(ILogger logger, TimeProvider time) : IDisposable
{
    // Callers choose paths: beyond so many kinds in a minute, all others are one.
    private const int MaxKinds = 64;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);
    private ITimer? timer;

    /// <summary>A failure with a code of ours, and what caused it.</summary>
    public void Failed(string path, string code, Exception cause)
    {
        if (IsFirst($"{path} with {code}, {cause.GetType().Name}"))
        {
            LogFailed(path, code, Cause.Of(cause), Cause.Trace(cause));
        }
    }

    /// <summary>A failure that nobody foresaw.</summary>
    public void Unexpected(string path, Exception exception)
    {
        if (IsFirst($"{path} unexpectedly, {exception.GetType().Name}"))
        {
            LogUnexpected(path, exception);
        }
    }

    public void Dispose() => timer?.Dispose();

    private bool IsFirst(string kind)
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

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "{Path} failed with {Code}: {Cause}")]
    private partial void LogFailed(string path, string code, string cause, Exception? exception);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "{Path} failed unexpectedly.")]
    private partial void LogUnexpected(string path, Exception exception);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "{Count} more within the last minute failed like the one that was logged: {Kind}")]
    private partial void LogRepeated(int count, string kind);
}
