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

        new("worker-exit", "two crashes of one instance", "", Exiting("a", "a")),
        new("worker-exit", "three crashes of one instance", "worker-exit 2 15-60", Exiting("a", "a", "a")),
        new("worker-exit", "workers stopped by the platform", "", Exiting("exited with code 143", ["a", "b", "c", "d"])),
        new("worker-exit", "three instances that crash in one minute, as the host traces it", "worker-exit 2 15-60", recording =>
        {
            recording.Trace("Language Worker Process exited. dotnet exited with code 134", "a");
            recording.Trace("Language Worker Process exited. dotnet exited with code 134", "b");
            recording.Trace("Language Worker Process exited. dotnet exited with code 134", "c");
            recording.PassTo(90);
        }),
        new("worker-exit", "one crash that takes ten requests with it", "", recording =>
        {
            recording.Trace("dotnet exited with code 139", "a");
            for (var request = 0; request < 10; request++)
            {
                recording.Exception("Exception while executing function: Functions.Score", "dotnet exited with code 139", "a");
            }

            recording.PassTo(90);
        }),
        new("worker-exit", "other exceptions", "", Exiting("Timed out waiting for the function start call", ["a", "b", "c", "d"])),
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

    // One a minute, each of the instance that is named.
    private static Action<Recording> Exiting(params string[] instances) => Exiting("/FunctionsNetHost exited with code 139 (0x8B)", instances);

    private static Action<Recording> Exiting(string message, string[] instances) => recording =>
    {
        for (var exit = 0; exit < instances.Length; exit++)
        {
            recording.PassTo(exit);
            recording.Exception(message, message, instances[exit]);
        }

        recording.PassTo(90);
    };
}
