namespace InfraTests.Alerts;

/// <content>The numbers of the rule on calibration, and what its outcomes must say.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Calibration =>
    [
        // Said 375 of 500. Chance takes off 2.8 standard deviations, 30; the limit 25.
        new("calibration", "320 of 500 come true where 375 are said", "", Told(60, (0.75, 320, 180))),
        new("calibration", "319 of 500 come true where 375 are said", "calibration 2 intent overconfident 15-60", Told(60, (0.75, 319, 181))),
        new("calibration", "499 outcomes, far off", "", Told(60, (0.75, 100, 399))),
        new("calibration", "431 of 500 come true where 375 are said", "calibration 2 intent underconfident 15-60", Told(60, (0.75, 431, 69))),
        new("calibration", "as much too much in one bin as too little in another", "calibration 2 intent underconfident 15-60", Told(60, (0.75, 1200, 800), (0.5, 1300, 700))),
        new("calibration", "half an outcome more of too much than of too little", "calibration 2 intent overconfident 15-60", Told(60, (0.75, 1201, 801), (0.5, 1300, 700))),
        new("calibration", "a calibrated model", "", Told(60, (0.95, 950, 50), (0.75, 750, 250), (0.55, 550, 450))),
        // The sum of the distances is 0.057 of the outcomes: over the limit, and no more than ten bins of fifty are apart by chance.
        new("calibration", "few outcomes in each bin, apart as by chance", "", Told(
            60, (0.55, 24, 26), (0.6, 33, 17), (0.65, 29, 21), (0.7, 38, 12), (0.75, 34, 16), (0.8, 43, 7), (0.85, 40, 10), (0.9, 48, 2), (0.95, 46, 4), (0.98, 47, 3))),
        new("calibration", "an error that the model's model.json allows", "", recording =>
        {
            var process = recording.WarmProcess();
            process.Metrics.CalibrationLimit(Recording.Model, "3", 0.06);
            Tell(process, (0.75, 319, 181));
            recording.Minutes(60);
        }),
        new("calibration", "seen half by one instance, half by another", "calibration 2 intent overconfident 15-60", recording =>
        {
            Tell(recording.WarmProcess(), (0.75, 160, 90));
            Told(60, (0.75, 159, 91))(recording);
        }),
        new("calibration", "a version that was live a quarter of an hour ago", "calibration 2 intent overconfident 15-30", Told(16, 60, (0.75, 319, 181))),
        new("calibration", "a version that was live somewhat longer ago", "calibration 2 intent overconfident 15-15", Told(15, 60, (0.75, 319, 181))),
        new("calibration", "outcomes of two days ago", "calibration 2 intent overconfident 15-2880", recording =>
        {
            Tell(recording.WarmProcess(), (0.75, 319, 181));
            recording.Every(15, 200);
        }),
        new("calibration", "mended: the next version is calibrated, and outcomes of the one before still come", "calibration 2 intent overconfident 15-30", recording =>
        {
            var process = recording.WarmProcess();
            Tell(process, (0.95, 400, 600));
            recording.Minutes(20);
            process.Metrics.ModelSwapped(Recording.Model, "3", "4");
            recording.Minutes(60, _ =>
            {
                process.Metrics.OutcomeReceived(Recording.Model, "3", 0.95, isRight: false);
                for (var outcome = 0; outcome < 20; outcome++)
                {
                    process.Metrics.OutcomeReceived(Recording.Model, "4", 0.6, isRight: outcome < 12);
                }
            });
        }),
    ];

    // Outcomes of the live version 3 in the first minute, and a process that goes on.
    private static Action<Recording> Told(int minutes, params (double Confidence, int Right, int Wrong)[] outcomes) => Told(minutes, minutes, outcomes);

    private static Action<Recording> Told(int minutes, int until, params (double Confidence, int Right, int Wrong)[] outcomes) => recording =>
    {
        Tell(recording.WarmProcess(), outcomes);
        recording.Minutes(minutes);
        recording.PassTo(until);
    };

    private static void Tell(Recording.Process process, params (double Confidence, int Right, int Wrong)[] outcomes)
    {
        process.Metrics.ModelSwapped(Recording.Model, "", "3");
        foreach (var (confidence, right, wrong) in outcomes)
        {
            for (var outcome = 0; outcome < right + wrong; outcome++)
            {
                process.Metrics.OutcomeReceived(Recording.Model, "3", confidence, outcome < right);
            }
        }
    }
}
