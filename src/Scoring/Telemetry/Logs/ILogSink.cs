namespace Scoring.Telemetry.Logs;

/// <summary>Takes lines of the log, on the thread and in the trace that wrote them. It must be cheap, and must not throw.</summary>
internal interface ILogSink
{
    void Take(LogRecord record);
}
