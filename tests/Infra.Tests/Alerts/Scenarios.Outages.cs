using Scoring;

namespace InfraTests.Alerts;

/// <content>Outages that nothing told of once, and false alarms that there were.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Outages =>
    [
        new("availability", "dead for four hours while callers call", "availability 1 45-270", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(30, _ => process.Answer(100, Fast));
            process.IsGone = true;
            recording.Minutes(240, _ => recording.PlatformMetric("Http5xx", 100));
        }),
        new("errors", "nine requests a minute that all fail for six hours", "errors 1 intent 5-360", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(360, _ => process.Answer(9, Fast, ErrorCode.InferenceFailed.Name()));
        }),
        new("errors", "a model that fails wholly beside another's thousand a minute", "errors 1 B 5-60", recording =>
        {
            var process = recording.WarmProcess();
            process.Metrics.ModelSwapped("B", "", "3");
            recording.Minutes(60, _ =>
            {
                process.Answer(1000, Fast);
                process.Answer(20, Fast, ErrorCode.InferenceFailed.Name(), "B");
            });
        }),
        new("latency", "five seconds each at nineteen a minute", "latency 2 intent 5-60", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(60, _ => process.Answer(19, Slow));
        }),
        new("queue-age", "four messages three hours old", "queue-age 2 score-steps 15-30", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(30, _ => process.Metrics.QueueAge("score-steps", TimeSpan.FromHours(3)));
        }),
        new("queue-age", "a message that nobody takes for eight hours", "queue-age 2 score-requests 75-480", recording =>
        {
            recording.QueueOperation("PutMessage");
            recording.Every(5, 96);
        }),
        new("queue-age", "puts that the account refuses", "", recording =>
        {
            recording.QueueOperation("PutMessage", status: "AuthorizationFailure");
            recording.Every(5, 30);
        }),
        new("latency", "all requests at 51 ms of an SLO of 60 ms", "", recording =>
        {
            recording.Slo = TimeSpan.FromMilliseconds(60);
            var process = recording.WarmProcess();
            recording.Minutes(60, _ => process.Answer(100, TimeSpan.FromMilliseconds(51)));
        }),
        new("cold-start", "24 cold starts an hour", "", recording => recording.Minutes(180, minute =>
        {
            if (minute % 5 < 2)
            {
                recording.StartProcess(TimeSpan.FromSeconds(2)).Answer(1, Slow);
            }
        })),
        new("errors", "one 503 in twelve hours", "", recording =>
        {
            var process = recording.WarmProcess();
            recording.Every(5, 60, step =>
            {
                if (step == 10)
                {
                    process.Metrics.ModelUnavailable(Recording.Model);
                    process.Answer(1, Fast, ErrorCode.ModelUnavailable.Name());
                }
            });
        }),
        new("latency", "missed at the default SLO: one page for one cause", "latency 2 intent 5-60", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(60, _ => process.Answer(100, TimeSpan.FromMilliseconds(180)));
        }),
    ];
}
