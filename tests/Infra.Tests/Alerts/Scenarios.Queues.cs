namespace InfraTests.Alerts;

/// <content>The numbers of the rule on waiting messages, and of those that fire at the first event.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Queues =>
    [
        new("queue-age", "a message that has waited a quarter of an hour", "", Seen(TimeSpan.FromMinutes(15), minute: 0)),
        new("queue-age", "a message that has waited a second longer", "queue-age 2 score-steps 15-15", Seen(TimeSpan.FromSeconds(901), minute: 0)),
        new("queue-age", "a message that was old a quarter of an hour ago", "queue-age 2 score-steps 15-15", Seen(TimeSpan.FromHours(3), minute: 14)),
        new("queue-age", "a message put an hour ago", "queue-age 2 score-requests 75-120", Put(minute: 14)),
        new("queue-age", "a message put somewhat later", "queue-age 2 score-requests 90-120", Put(minute: 15)),
        new("queue-age", "a message that waits for more than a day", "queue-age 2 score-requests 75-1560", Put(minute: 0, minutes: 1560)),
        new("queue-age", "a message that is finished in the end", "queue-age 2 score-requests 75-90", recording =>
        {
            recording.QueueOperation("PutMessage");
            recording.PassTo(100);
            recording.QueueOperation("DeleteMessage");
            recording.PassTo(240);
        }),
        new("queue-age", "a message that is finished at once", "", recording =>
        {
            recording.QueueOperation("PutMessage");
            recording.QueueOperation("DeleteMessage");
            recording.PassTo(240);
        }),
        new("queue-age", "a queue that somebody empties by hand", "queue-age 2 score-requests 75-90", recording =>
        {
            recording.QueueOperation("PutMessage");
            recording.PassTo(100);
            recording.QueueOperation("ClearMessages");
            recording.PassTo(240);
        }),
        new("queue-age", "a delete that the account refuses", "queue-age 2 score-requests 75-240", recording =>
        {
            recording.QueueOperation("PutMessage");
            recording.PassTo(30);
            recording.QueueOperation("DeleteMessage", status: "AuthorizationFailure");
            recording.PassTo(240);
        }),
        new("queue-age", "outcomes never taken while jobs are", "queue-age 2 outcomes 75-120", recording =>
        {
            recording.QueueOperation("PutMessage", "outcomes");
            recording.Every(5, 24, _ =>
            {
                recording.QueueOperation("PutMessage");
                recording.QueueOperation("DeleteMessage");
            });
        }),
        new("queue-age", "steps never taken while jobs are", "queue-age 2 score-steps 75-120", recording =>
        {
            recording.QueueOperation("PutMessage", "score-steps");
            recording.Every(5, 24, _ =>
            {
                recording.QueueOperation("PutMessage");
                recording.QueueOperation("DeleteMessage");
            });
        }),
    ];

    private static IEnumerable<Scenario> Events =>
    [
        new("poison", "a job given up, as the app counts it", "poison 2 15-15", Once(process => process.Metrics.PoisonMessage("score-requests"))),
        new("poison", "a job given up, moved without the app", "poison 2 15-15", PutInto("score-requests-poison")),
        new("poison", "outcomes given up, moved without the app", "poison 2 15-15", PutInto("outcomes-poison")),
        new("poison", "a put into the poison queue that the account refuses", "", PutInto("score-requests-poison", "AuthorizationFailure")),
        new("poison", "a step given up, which the app sends again", "", Once(process => process.Metrics.PoisonMessage("score-steps"))),
        new("poison", "a step given up, moved without the app", "", PutInto("score-steps-poison")),
        new("job-failed", "one job failed", "job-failed 3 intent 15-15", Once(process => process.Metrics.JobCompleted("failed", Recording.Model))),
        new("job-failed", "a job of a model that nobody has", "job-failed 3 unknown 15-15", Once(process => process.Metrics.JobCompleted("failed", "made-up"))),
        new("job-failed", "jobs succeeded and cancelled", "", Once(process =>
        {
            process.Metrics.JobCompleted("succeeded", Recording.Model);
            process.Metrics.JobCompleted("cancelled", Recording.Model);
        })),
        new("model-refused", "one version refused", "model-refused 2 intent 15-15", Once(process => process.Metrics.ModelRefused(Recording.Model, "4", "golden"))),
        new("rollout-braked", "a candidate braked", "rollout-braked 3 intent 15-15", Once(process => process.Metrics.RolloutBraked(Recording.Model, "4", "errors"))),
        new("rollout-braked", "a candidate with a share, and a shadow that differs", "", Once(process =>
        {
            process.Metrics.RolloutShare(Recording.Model, "4", 0.5);
            process.Metrics.RolloutShadowed(Recording.Model, "4", "differed");
        })),
        new("model-refused", "a version swapped", "", Once(process => process.Metrics.ModelSwapped(Recording.Model, "2", "3"))),
    ];

    private static Action<Recording> Seen(TimeSpan age, int minute) => recording =>
    {
        var process = recording.WarmProcess();
        recording.PassTo(minute);
        process.Metrics.QueueAge("score-steps", age);
        recording.Minutes(1);
        recording.PassTo(60);
    };

    private static Action<Recording> Put(int minute, int minutes = 120) => recording =>
    {
        recording.PassTo(minute);
        recording.QueueOperation("PutMessage");
        recording.PassTo(minutes);
    };

    private static Action<Recording> PutInto(string queue, string status = "Success") => recording =>
    {
        recording.QueueOperation("PutMessage", queue, status);
        recording.PassTo(60);
    };

    private static Action<Recording> Once(Action<Recording.Process> happens) => recording =>
    {
        happens(recording.WarmProcess());
        recording.Minutes(1);
        recording.PassTo(60);
    };
}
