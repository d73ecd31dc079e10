namespace InfraTests.Alerts;

/// <content>The numbers of the rule on latency.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Latency =>
    [
        new("latency", "30 of 100 in five minutes", "", Missing(330, Busy, (290, 70, 30))),
        new("latency", "30 of 50 in five minutes, which is 30 of 100 in an hour", "", Missing(330, Busy, (240, 50, 0), (290, 20, 30))),
        new("latency", "31 of 100 five minutes ago", "latency 2 intent 295-295", Missing(330, Busy, (290, 69, 31))),
        new("latency", "31 of 100 a minute ago", "latency 2 intent 295-295", Missing(330, Busy, (294, 69, 31))),
        new("latency", "slow an hour ago and somewhat now", "latency 2 intent 235-235 290-290", Missing(330, Busy, (230, 0, 100), (240, 110, 0), (289, 60, 40))),
        new("latency", "slow more than an hour ago, and now seldom", "latency 2 intent 230-230", Missing(330, Busy, (229, 0, 100), (240, 110, 0), (289, 60, 40))),

        new("latency", "100 of 2,000 in half an hour", "", Missing(330, (290, 1900, 100))),
        new("latency", "100 of 1,000 in half an hour, which is 100 of 2,000 in six hours", "", Missing(330, (60, 1000, 0), (290, 900, 100))),
        new("latency", "101 of 2,000 half an hour ago", "latency 2 intent 295-320", Missing(330, (290, 1899, 101))),
        new("latency", "101 of 2,000 somewhat later", "latency 2 intent 295-320", Missing(330, (294, 1899, 101))),
        new("latency", "101 of 2,000, and traffic more than six hours before", "latency 2 intent 365-390", Missing(400, Busy, (360, 1899, 101))),
        new("latency", "101 of 2,000, and traffic five hours before", "", Missing(400, (60, 100_000, 0), (360, 1899, 101))),

        new("latency", "nine slow requests", "", Missing(330, (290, 5, 9))),
        new("latency", "ten slow requests", "latency 2 intent 295-320", Missing(330, (290, 5, 10))),
        new("latency", "a normal day", "", recording =>
        {
            var process = recording.WarmProcess();
            recording.Every(5, 36, step =>
            {
                process.Answer(600, Fast);
                process.Answer(10, Slow);
                process.Metrics.QueueAge("score-requests", TimeSpan.FromSeconds(3));
                process.Metrics.JobCompleted("succeeded", Recording.Model);
                recording.QueueOperation("PutMessage");
                recording.QueueOperation("DeleteMessage");
                if (step == 18)
                {
                    process.Metrics.ModelSwapped(Recording.Model, "2", "3");
                }
            });
        }),
        new("latency", "one model slow beside another's traffic", "latency 2 B 5-60", recording =>
        {
            var process = recording.WarmProcess();
            process.Metrics.ModelSwapped("B", "", "3");
            recording.Minutes(60, _ =>
            {
                process.Answer(1000, Fast);
                process.Answer(10, Slow, model: "B");
            });
        }),
    ];
}
