using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Verbs;

namespace ModelTool.Advising;

/// <summary>The verdict on a model: stop, or the one thing to do next.</summary>
/// <param name="Verdict"><c>stop</c>, <c>dropCalibration</c>, <c>calibrate</c>, <c>quantize</c> or <c>rework</c>.</param>
/// <param name="Sentence">Why, in one sentence.</param>
internal sealed record Advice(string Verdict, string Sentence, IReadOnlyList<Rule> Rules)
{
    /// <summary>The one command to run next, ready to paste.</summary>
    /// <param name="given">The model, as the user named it.</param>
    /// <param name="options">Options of this run that the next one takes as well: the rows and their label's column.</param>
    /// <param name="sequence">Length of open dimensions, where given.</param>
    public string Next(string given, string options, int sequence) => Verdict switch
    {
        "dropCalibration" => $"./dev model calibrate {Quoted(given)} --drop",
        "calibrate" => $"./dev model calibrate {Quoted(given)}{options}",
        "quantize" => Verbs.Figures.Text($"./dev model quantize {Quoted(given)} --sequence {sequence}{options}"),
        "stop" when Directory.Exists(given) => $"./dev model publish {Quoted(given)} --name {NameOf(given)}",
        _ => Verbs.Figures.Text($"./dev model bench {Quoted(given)} --sequence {sequence}"),
    };

    /// <summary>As a shell takes it for one word.</summary>
    public static string Quoted(string word) => word.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-+:@%".Contains(letter, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // A folder called package tells nothing; the one around it does.
    private static string NameOf(string given)
    {
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(given)));
        var name = folder is { Name: "package", Parent: { } parent } ? parent.Name : folder.Name;
        return string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));
    }

    // Over half of the time: halving all the arithmetic would not save a quarter.
    private const double MaxDispatch = 0.5;

    // INT8 about halves the time of matrix products: below this share it cannot save an eighth.
    private const double MinMatrixShare = 0.25;

    /// <summary>Weighs what was measured. Trust comes first, then the three reasons to stop, then what to do.</summary>
    /// <param name="work">Measured on this machine.</param>
    /// <param name="calibration">Null without labelled rows.</param>
    /// <param name="slo">What is promised.</param>
    /// <param name="economics">What time costs.</param>
    /// <param name="hasProbabilities">Whether there is a calibration to ask about.</param>
    public static Advice On(WorkFound work, CalibrationReport? calibration, TimeSpan slo, Economics economics, bool hasProbabilities = true)
    {
        var late = work.Run.P99Microseconds <= slo.TotalMicroseconds ? 0 : work.Run.P50Microseconds > slo.TotalMicroseconds ? 1 : 0.01;
        var saved = economics.MaxSavedInAYear(work.ArithmeticMicroseconds / 1e6, late);
        var trust = new Rule("calibration", calibration is null ? null : !calibration.NeedsCalibration, calibration is null
            ? hasProbabilities ? "not measured: give labelled rows with --data" : "model.json tells of no classification, so of no probabilities"
            : Figures.Text($"ECE {calibration.Before.Ece:0.0000} (95 %: {calibration.Before.EceLow:0.0000} to {calibration.Before.EceHigh:0.0000}), {calibration.Before.Gap:+0.0000;-0.0000} on {calibration.Rows} rows, threshold {calibration.Threshold:0.####}"));
        var promise = new Rule("slo", late == 0, late == 0
            ? Figures.Text($"p99 {Figures.Duration(work.Run.P99Microseconds)} is {slo.TotalMicroseconds / work.Run.P99Microseconds:#,0} times inside the SLO of {Figures.Duration(slo.TotalMicroseconds)}")
            : Figures.Text($"p50 {Figures.Duration(work.Run.P50Microseconds)}, p99 {Figures.Duration(work.Run.P99Microseconds)}: the SLO of {Figures.Duration(slo.TotalMicroseconds)} is missed"));
        var money = new Rule("saving", saved < economics.Effort, Figures.Text(
            $"at most {saved:#,0.00} a year ({economics.Traffic:0.######} requests/s x {Figures.Duration(work.ArithmeticMicroseconds)} of arithmetic x {economics.MemoryGigabytes} GB x {economics.Price:0.#######} per GB-s, and {late:0.##} of them late at {economics.LatePrice} each); the effort costs {economics.Effort:#,0}"));
        var size = new Rule("size", work.DispatchShare > MaxDispatch, Figures.Text(
            $"{work.DispatchShare:0 %} of the {Figures.Duration(work.Run.P50Microseconds)} of a run is dispatch: a graph of as many operators ({work.Operators}) that compute nothing takes {Figures.Duration(work.Dispatch.P50Microseconds)}"));
        Rule[] rules = [trust, promise, money, size];
        if (trust.Stops == false)
        {
            var wrong = calibration!.IsBetterWithout
                ? Figures.Text($"Drop the calibration in the package first, which is wrong: without it ECE is {calibration.Without!.Ece:0.0000} ({calibration.Without.Gap:+0.0000;-0.0000}), with it {calibration.Before.Ece:0.0000} ({calibration.Before.Gap:+0.0000;-0.0000}). ")
                : "";
            if (wrong.Length > 0 && calibration.Without!.Ece <= calibration.Threshold)
            {
                return new("dropCalibration", $"{wrong}Then ask again.", rules);
            }

            return calibration.Fitted is null
                ? new("rework", $"{wrong}The probabilities cannot be trusted, and no calibration helps: the model itself needs other features or more data.", rules)
                : new("calibrate", Figures.Text($"{wrong}Calibrate {(wrong.Length > 0 ? "anew" : "first")}: {calibration.Before.Direction}; off by {calibration.Before.Ece:0.0000} on average, and {calibration.Chosen!.Value.ToString().ToLowerInvariant()} calibration brings that to {calibration.After.Ece:0.0000}; then ask again."), rules);
        }

        var reasons = rules.Skip(1).Where(rule => rule.Stops == true).Select(rule => rule.Name switch
        {
            "slo" => "the SLO is met",
            "saving" => "the saving is below the cost",
            _ => "the problem is too small: its time is overhead, not arithmetic",
        }).ToList();
        if (reasons.Count > 0)
        {
            var holds = calibration is null ? "" : Figures.Text($"The calibration holds: ECE {calibration.Before.Ece:0.0000}. ");
            return new("stop", $"{holds}Stop: {string.Join("; ", reasons)}.{(trust.Stops is null && hasProbabilities ? " Look at the calibration: --data." : "")}", rules);
        }

        return work.MatrixShare >= MinMatrixShare
            ? new("quantize", Figures.Text($"Quantize: {work.MatrixShare:0 %} of the operators' time is matrix products, which INT8 can make cheaper; `model quantize` keeps the result only where it measures so."), rules)
            : new("rework", Figures.Text($"The SLO is missed, and only {work.MatrixShare:0 %} of the operators' time is matrix products, so INT8 would not help: fewer trees, features or tokens, or more threads (`model bench --threads`)."), rules);
    }
}
