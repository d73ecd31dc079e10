namespace Scoring.Telemetry.Logs;

/// <summary>Keeps lines until an exporter exists that sends them.</summary>
internal sealed class LogQueue : ILogSink
{
    /// <summary>Lines kept while nobody takes them; beyond it they are dropped and counted.</summary>
    public const int Capacity = 1024;

    public BoundedQueue<LogRecord> Kept { get; } = new(Capacity);

    public void Take(LogRecord record) => Kept.Add(record);
}
