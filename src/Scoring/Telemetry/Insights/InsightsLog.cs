using System.Diagnostics;
using System.Globalization;
using Microsoft.ApplicationInsights.Channel;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.Extensions.Logging;
using Scoring.Telemetry.Logs;
using StackFrame = Microsoft.ApplicationInsights.DataContracts.StackFrame;

namespace Scoring.Telemetry.Insights;

/// <summary>Writes a line of the log as Application Insights takes it: an exception where it has one, otherwise a trace.</summary>
internal static class InsightsLog
{
    public static ITelemetry Of(LogRecord record)
    {
        ITelemetry telemetry = record.Exception is { } exception
            ? new ExceptionTelemetry(Details(exception), Severity(record.Level), Problem(record, exception), Properties(record), new Dictionary<string, double>())
            : WithProperties(new TraceTelemetry(record.Message, Severity(record.Level)), Properties(record));
        telemetry.Timestamp = record.At;
        return telemetry;
    }

    private static TraceTelemetry WithProperties(TraceTelemetry telemetry, Dictionary<string, string> properties)
    {
        foreach (var (name, value) in properties)
        {
            telemetry.Properties[name] = value;
        }

        return telemetry;
    }

    private static Dictionary<string, string> Properties(LogRecord record)
    {
        var properties = new Dictionary<string, string>
        {
            ["CategoryName"] = record.Category,
            ["EventId"] = record.Event.Id.ToString(CultureInfo.InvariantCulture),
        };
        if (record.Code is { } code)
        {
            properties[MetricDimensions.Code] = code;
        }

        foreach (var (name, value) in record.Fields)
        {
            properties[name] = value;
        }

        if (record.Exception is not null)
        {
            properties["FormattedMessage"] = record.Message;
        }

        return properties;
    }

    // Groups what is the same fault: the same event, and the same type of exception.
    private static string Problem(LogRecord record, Exception exception) => string.Create(CultureInfo.InvariantCulture, $"{exception.GetType().FullName} at {record.Event.Id}");

    private static List<ExceptionDetailsInfo> Details(Exception exception)
    {
        var details = new List<ExceptionDetailsInfo>();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            var frames = new StackTrace(cause, fNeedFileInfo: false).GetFrames().Select(Frame);
            details.Add(new ExceptionDetailsInfo(
                details.Count + 1, details.Count, cause.GetType().FullName, LogText.Of(cause), hasFullStack: true, cause.StackTrace ?? "", frames));
        }

        return details;
    }

    private static StackFrame Frame(System.Diagnostics.StackFrame frame, int level)
    {
        var method = frame.GetMethod();
        return new StackFrame(method?.Module.Assembly.GetName().Name ?? "unknown", "", level, 0, $"{method?.DeclaringType?.FullName}.{method?.Name}");
    }

    private static SeverityLevel Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => SeverityLevel.Critical,
        LogLevel.Error => SeverityLevel.Error,
        LogLevel.Warning => SeverityLevel.Warning,
        _ => SeverityLevel.Information,
    };
}
