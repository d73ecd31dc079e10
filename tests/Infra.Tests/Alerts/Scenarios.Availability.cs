using Scoring;

namespace InfraTests.Alerts;

/// <content>The numbers of the rule on availability.</content>
internal static partial class Scenarios
{
    private static object Premium => new { hostingPlan = "premium" };

    private static IEnumerable<Scenario> Availability =>
    [
        // Silence.
        new("availability", "instances are kept, and nothing reports for a quarter of an hour", "availability 1 45-60", Beating(until: 30), Premium),
        new("availability", "instances are kept, and the last report came a minute later", "availability 1 50-60", Beating(until: 31), Premium),
        new("availability", "one HTTP instance is kept on Flex Consumption", "availability 1 45-60", Beating(until: 30), new { alwaysReadyHttp = 1 }),
        new("availability", "one instance for queues is kept on Flex Consumption", "availability 1 45-60", Beating(until: 30), new { alwaysReadyBatch = 1 }),
        new("availability", "no instance is kept, and nothing reports: scaled to zero", "", Beating(until: 30)),
        new("availability", "an instance for nine minutes, and nothing reports", "", recording =>
        {
            recording.Minutes(9, _ => recording.PlatformMetric("InstanceCount", 1));
            recording.PassTo(60);
        }),
        new("availability", "an instance for ten minutes, and nothing reports", "availability 1 10-15", recording =>
        {
            recording.Minutes(10, _ => recording.PlatformMetric("InstanceCount", 1));
            recording.PassTo(60);
        }),
        new("availability", "no instance, as the platform says each minute", "", recording => recording.Minutes(60, _ => recording.PlatformMetric("InstanceCount", 0))),
        new("availability", "an instance that reports", "", recording =>
        {
            recording.WarmProcess();
            recording.Minutes(60, _ => recording.PlatformMetric("InstanceCount", 1));
        }),

        // Callers are refused, and nothing reports.
        new("availability", "two callers refused", "", Refusing(minute: 4, 2)),
        new("availability", "three callers refused ten minutes ago", "availability 1 15-60", Refusing(minute: 4, 3)),
        new("availability", "three callers refused somewhat later", "availability 1 20-65", Refusing(minute: 5, 3)),
        new("availability", "three callers refused, each in a minute of its own", "availability 1 15-60", recording =>
        {
            recording.Minutes(3, _ => recording.PlatformMetric("Http5xx", 1));
            recording.PassTo(90);
        }),
        new("availability", "three callers refused in the minute of the last report", "", recording =>
        {
            recording.PassTo(4);
            recording.WarmProcess();
            recording.PlatformMetric("Http5xx", 3);
            recording.Minutes(1);
            recording.PassTo(90);
        }),
        new("availability", "three callers refused at a start, then answered, then nobody calls", "", recording =>
        {
            recording.Minutes(1, _ => recording.PlatformMetric("Http5xx", 3));
            var process = recording.WarmProcess();
            recording.Minutes(5, _ => process.Answer(1, Fast));
            process.IsGone = true;
            recording.Minutes(60, _ => recording.PlatformMetric("Http5xx", 0));
        }),

        // Callers are refused by what the app does not count.
        new("availability", "19 answers lost", "", Losing(lost: 19, answered: 100)),
        new("availability", "20 answers lost", "availability 1 15-60", Losing(lost: 20, answered: 100)),
        new("availability", "100 of 2,000 answers lost", "", Losing(lost: 100, answered: 1900)),
        new("availability", "101 of 2,000 answers lost", "availability 1 15-60", Losing(lost: 101, answered: 1899)),
        .. new[] { ErrorCode.InferenceFailed, ErrorCode.ModelUnavailable, ErrorCode.DeadlineExceeded }.Select(code => new Scenario(
            "availability", $"5xx that the app itself gave for {code.Name()}", "errors 1 intent 5-70", recording =>
            {
                var process = recording.WarmProcess();
                recording.Minutes(70, _ =>
                {
                    process.Answer(10, Fast, code.Name());
                    recording.PlatformMetric("Http5xx", 10);
                });
            })),
        new("availability", "5xx beside requests that the app turned away with 429", "availability 1 15-60\nerrors 1 intent 5-30", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(70, minute =>
            {
                if (minute == 0)
                {
                    process.Answer(80, Fast, ErrorCode.Overloaded.Name());
                    process.Answer(80, Fast);
                    recording.PlatformMetric("Http5xx", 80);
                }
            });
        }),
    ];

    private static Action<Recording> Beating(int until) => recording =>
    {
        recording.WarmProcess();
        recording.Minutes(until);
        recording.PassTo(60);
    };

    private static Action<Recording> Refusing(int minute, int callers) => recording =>
    {
        recording.PassTo(minute);
        recording.PlatformMetric("Http5xx", callers);
        recording.PassTo(90);
    };

    private static Action<Recording> Losing(int lost, int answered) => recording =>
    {
        var process = recording.WarmProcess();
        recording.Minutes(70, minute =>
        {
            if (minute == 0)
            {
                process.Answer(answered, Fast);
                recording.PlatformMetric("Http5xx", lost);
            }
        });
    };
}
