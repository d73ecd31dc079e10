using Scoring;

namespace InfraTests.Alerts;

/// <content>The numbers of the rule on errors: where burning fast, slowly and with little traffic begin and end.</content>
internal static partial class Scenarios
{
    // So much traffic before that six hours never burn: what fires then burns fast.
    private static (int Minute, int Ok, int Bad) Busy => (0, 100_000, 0);

    private static IEnumerable<Scenario> Errors =>
    [
        new("errors", "14 of 1,000 in five minutes", "", Failing(330, Busy, (290, 986, 14))),
        new("errors", "14 of 500 in five minutes, which is 14 of 1,000 in an hour", "", Failing(330, Busy, (240, 500, 0), (290, 486, 14))),
        new("errors", "15 of 1,000 five minutes ago", "errors 1 intent 295-295", Failing(330, Busy, (290, 985, 15))),
        new("errors", "15 of 1,000 a minute ago", "errors 1 intent 295-295", Failing(330, Busy, (294, 985, 15))),
        new("errors", "failures an hour ago and some now", "errors 1 intent 235-235 290-290", Failing(330, Busy, (230, 900, 100), (289, 98, 2))),
        new("errors", "failures more than an hour ago and some now", "errors 1 intent 230-230", Failing(330, Busy, (229, 900, 100), (289, 98, 2))),
        new("errors", "nine failures", "", Failing(330, Busy, (290, 91, 9))),
        new("errors", "ten failures", "errors 1 intent 295-295", Failing(330, Busy, (290, 90, 10))),

        new("errors", "12 of 2,000 in half an hour", "", Failing(330, (290, 1988, 12))),
        new("errors", "12 of 1,000 in half an hour, which is 12 of 2,000 in six hours", "", Failing(330, (60, 1000, 0), (290, 988, 12))),
        new("errors", "13 of 2,000 half an hour ago", "errors 1 intent 295-320", Failing(330, (290, 1987, 13))),
        new("errors", "13 of 2,000 somewhat later", "errors 1 intent 295-320", Failing(330, (294, 1987, 13))),
        new("errors", "13 of 2,000, and traffic more than six hours before", "errors 1 intent 365-390", Failing(400, Busy, (360, 1987, 13))),
        new("errors", "13 of 2,000, and traffic five hours before", "", Failing(400, (60, 100_000, 0), (360, 1987, 13))),

        new("errors", "two of two requests", "", Failing(400, (20, 0, 2))),
        new("errors", "three of three requests in six hours", "errors 1 intent 25-380", Failing(400, (20, 0, 3))),
        new("errors", "half of six requests", "", Failing(60, (10, 3, 0), (20, 0, 3))),
        new("errors", "three of five requests", "errors 1 intent 25-60", Failing(60, (10, 2, 0), (20, 0, 3))),
        new("errors", "three of five requests, all in one minute", "", Failing(60, (20, 2, 3))),
        new("errors", "three failures and one answer since", "errors 1 intent 25-30", Failing(60, (20, 0, 3), (30, 1, 0))),

        new("errors", "ten failures beside ten thousand callers who left", "errors 1 intent 295-320", recording =>
        {
            recording.PassTo(0);
            var process = recording.WarmProcess();
            recording.PassTo(290);
            process.Answer(10_000, Fast, ErrorCode.ClientClosed.Name());
            process.Answer(50, Fast);
            process.Answer(10, Fast, Failure);
            recording.Minutes(1);
            recording.PassTo(330);
        }),
        new("errors", "callers who left, and nonsense", "", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(60, _ =>
            {
                process.Answer(10, Fast, ErrorCode.ClientClosed.Name());
                process.Answer(90, Fast, ErrorCode.InvalidJson.Name());
            });
        }),
        .. Enum.GetValues<ErrorCode>().Where(IsOurs).Select(code => new Scenario(
            "errors", $"ten of 100 with {code.Name()}", "errors 1 intent 5-20", Answers(20, Fast, code.Name(), (0, 90, 10), (5, 90, 10), (10, 90, 10), (15, 90, 10)))),
        .. Enum.GetValues<ErrorCode>().Where(code => !IsOurs(code)).Select(code => new Scenario(
            "errors", $"ten of 100 with {code.Name()}", "", Answers(20, Fast, code.Name(), (0, 90, 10), (5, 90, 10), (10, 90, 10), (15, 90, 10)))),
        new("errors", "a model that cannot be loaded", "errors 1 intent 5-60", recording =>
        {
            var process = recording.WarmProcess();
            recording.Minutes(60, _ =>
            {
                process.Metrics.ModelUnavailable(Recording.Model);
                process.Answer(3, Fast, ErrorCode.ModelUnavailable.Name());
            });
        }),
    ];

    private static bool IsOurs(ErrorCode code) => code is ErrorCode.InferenceFailed or ErrorCode.ModelUnavailable or ErrorCode.DeadlineExceeded or ErrorCode.Overloaded;
}
