namespace InfraTests.Alerts;

/// <content>The numbers of the rules on starts and ends of processes.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Starts =>
    [
        new("cold-start", "five starts of 5,000 ms", "", Starting(5, TimeSpan.FromMilliseconds(5000))),
        new("cold-start", "five starts of 5,001 ms", "cold-start 3 http 15-60", Starting(5, TimeSpan.FromMilliseconds(5001))),
        new("cold-start", "four slow starts", "", Starting(4, TimeSpan.FromSeconds(9))),
        new("cold-start", "five of 100 starts slow", "", Starting(5, TimeSpan.FromSeconds(9), quick: 95)),
        new("cold-start", "six of 100 starts slow", "cold-start 3 http 15-60", Starting(6, TimeSpan.FromSeconds(9), quick: 94)),

        new("cold-share", "10 of 200 requests cold", "", Cold(10, of: 200)),
        new("cold-share", "11 of 200 requests cold", "cold-share 3 intent 15-30", Cold(11, of: 200)),
        new("cold-share", "11 of 199 requests cold", "", Cold(11, of: 199)),
        new("cold-share", "505 of 10,000 requests cold", "cold-share 3 intent 15-30", Cold(505, of: 10_000)),
        new("cold-share", "an idle night with a caller an hour", "", recording => recording.Every(60, 10, _ => recording.StartProcess(TimeSpan.FromSeconds(2)).Answer(1, Slow))),
        new("cold-share", "many quick starts under load", "", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(60, _ =>
            {
                process.Answer(500, Fast);
                recording.StartProcess(TimeSpan.FromSeconds(2)).Answer(1, Fast);
            });
        }),

        new("worker-exit", "two workers crashed", "", Exiting(2, "/FunctionsNetHost exited with code 139 (0x8B)")),
        new("worker-exit", "three workers crashed", "worker-exit 2 15-60", Exiting(3, "/FunctionsNetHost exited with code 139 (0x8B)")),
        new("worker-exit", "workers stopped by the platform", "", Exiting(9, "dotnet exited with code 143")),
        new("worker-exit", "three crashes that the host only traced", "worker-exit 2 15-60", recording =>
        {
            for (var exit = 0; exit < 3; exit++)
            {
                recording.Trace("Language Worker Process exited. dotnet exited with code 134");
            }

            recording.PassTo(90);
        }),
        new("worker-exit", "other exceptions", "", Exiting(9, "Timed out waiting for the function start call")),
    ];

    private static Action<Recording> Starting(int slow, TimeSpan start, int quick = 0) => recording =>
    {
        for (var process = 0; process < slow + quick; process++)
        {
            recording.StartProcess(process < slow ? start : TimeSpan.FromSeconds(2)).Answer(1, Fast);
        }

        recording.Minutes(1);
        recording.PassTo(90);
    };

    private static Action<Recording> Cold(int cold, int of) => recording =>
    {
        recording.StartProcess(TimeSpan.FromSeconds(2)).Answer(cold, Fast);
        recording.WarmProcess().Answer(of - cold, Fast);
        recording.Minutes(1);
        recording.PassTo(60);
    };

    private static Action<Recording> Exiting(int workers, string message) => recording =>
    {
        for (var worker = 0; worker < workers; worker++)
        {
            recording.Exception(message);
        }

        recording.PassTo(90);
    };
}
