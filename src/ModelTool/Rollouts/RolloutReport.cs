using System.Globalization;
using System.Text.Json.Nodes;
using ModelTool.Native;
using ModelTool.Verbs;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Rollouts;

namespace ModelTool.Rollouts;

/// <summary>How a rollout stands, by the pointer, this machine's clock and the brakes that instances left.</summary>
/// <param name="model">The model's name.</param>
/// <param name="pointer">Its live pointer.</param>
/// <param name="now">The time.</param>
/// <param name="brakes">By candidate; null for none.</param>
/// <param name="outcomes">What came true by version; empty where nothing was told, or it was not looked for.</param>
/// <param name="requests">Errors and latency by version, of all instances as far as they have told; empty where none has.</param>
internal sealed class RolloutReport(
    string model, LivePointer pointer, DateTimeOffset now, IReadOnlyDictionary<string, RolloutBrake?> brakes, IReadOnlyList<OutcomeMeasure> outcomes, IReadOnlyList<RequestMeasure> requests)
{
    /// <summary>As JSON.</summary>
    public JsonParts Json => new JsonParts().With("model", model).With("live", pointer.Version).With("rollout", pointer.Rollout is { } rollout ? RolloutJson(rollout) : null);

    private JsonObject RolloutJson(Rollout rollout) => new JsonParts()
        .With("id", rollout.Id)
        .With("state", State)
        .With("step", Math.Max(0, rollout.StepAt(now) + 1))
        .With("steps", rollout.StepCount)
        .With("nextAt", rollout.NextAt(now))
        .With("start", rollout.Start)
        .With("pausedAt", rollout.PausedAt)
        .With("shadow", rollout.Shadow)
        .With("limits", rollout.Limits)
        .With("versions", new JsonArray([.. rollout.Arms.Select(ArmJson)]))
        .With("outcomes", outcomes)
        .With("requests", requests).Json;

    private JsonObject ArmJson(RolloutArm arm) =>
        new JsonParts().With("version", arm.Version).With("share", ShareOf(arm)).With("steps", arm.Steps).With("braked", brakes.GetValueOrDefault(arm.Version)).Json;

    private string State => pointer.Rollout switch
    {
        null => "none",
        { PausedAt: not null } => "paused",
        { IsEndless: true } => "endless",
        var rollout when rollout.StepAt(now) >= rollout.StepCount - 1 => "at_last_step",
        _ => "running",
    };

    /// <summary>As a table with what to do next.</summary>
    public void Write(ToolContext context)
    {
        if (pointer.Rollout is not { } rollout)
        {
            context.Answer(pointer.RolloutFault ?? $"No rollout of '{model}' is under way. Version {pointer.Version} answers all requests.");
            return;
        }

        var table = new ReportTable("version", "share", "steps", "state");
        table.Add(pointer.Version ?? "", RolloutWords.Text(100 - rollout.Arms.Sum(ShareOf)), "", "live");
        foreach (var arm in rollout.Arms)
        {
            table.Add(arm.Version, RolloutWords.Text(ShareOf(arm)), string.Join(' ', arm.Steps.Select(RolloutWords.Text)), brakes.GetValueOrDefault(arm.Version) is { } brake ? $"braked for {brake.Word}: {brake.Detail}" : State.Replace('_', ' '));
        }

        table.Write(context);
        WriteRequests(context);
        WriteOutcomes(context);
        context.Say(Next(rollout));
    }

    private void WriteRequests(ToolContext context)
    {
        if (requests.Count == 0)
        {
            return;
        }

        var table = new ReportTable($"in step {requests[0].Step}", "version", "requests", "found", "95 %", $"more than {pointer.Version}", "95 %");
        foreach (var each in requests)
        {
            var isShare = each.Measure == "errors";
            table.Add(
                isShare ? each.Measure : $"{each.Measure}, ms", each.Version, Figures.Count(each.Requests), each.Found is { } found ? Text(found.Value) : "too few", each.Found is { } range ? $"{Text(range.Low)} to {Text(range.High)}" : "",
                each.AgainstLive is { } more ? Signed(more.Value) : "", each.AgainstLive is { } ends ? $"{Signed(ends.Low)} to {Signed(ends.High)}" : "");

            string Text(double value) => isShare ? Figures.Text($"{value * 100:0.00}%") : Figures.Text($"{value * 1000:0.0##}");

            string Signed(double value) => isShare ? Figures.Text($"{value * 100:+0.00;-0.00;0.00}%") : Figures.Text($"{value * 1000:+0.0##;-0.0##;0.0}");
        }

        table.Write(context);
    }

    private void WriteOutcomes(ToolContext context)
    {
        if (outcomes.Count == 0)
        {
            return;
        }

        var table = new ReportTable("by outcomes", "version", "told", "found", "95 %", $"more than {pointer.Version}", "95 %");
        foreach (var each in outcomes)
        {
            var (found, against) = (each.Found, each.AgainstLive);
            table.Add(
                each.Measure, each.Version, Figures.Count(each.Outcomes), Text(found.Value), $"{Text(found.Low)} to {Text(found.High)}",
                against is { } more ? Signed(more.Value) : "", against is { } ends ? $"{Signed(ends.Low)} to {Signed(ends.High)}" : "");

            string Text(double value) => each.IsShare ? Figures.Text($"{value * 100:0.0}%") : Figures.Text($"{value:0.000}");

            string Signed(double value) => each.IsShare ? Figures.Text($"{value * 100:+0.0;-0.0}%") : Figures.Text($"{value:+0.000;-0.000}");
        }

        table.Write(context);
    }

    private double ShareOf(RolloutArm arm) => brakes.GetValueOrDefault(arm.Version) is not null ? 0 : arm.ShareAt(pointer.Rollout!.StepAt(now));

    private string Next(Rollout rollout) =>
        brakes.Values.Any(brake => brake is not null) ? $"A braked version gets no more requests. To clear it away: model rollout abort {model}. Mended, or with other limits, start it anew."
        : rollout.PausedAt is not null ? $"The share stays. To go on: model rollout resume {model}"
        : rollout.NextAt(now) is { } next ? string.Create(CultureInfo.InvariantCulture, $"Step {rollout.StepAt(now) + 1} of {rollout.StepCount}; the next begins at {next:u}. To stop: model rollout pause {model}, or abort")
        : $"The shares stay until one version is made live for all, jobs too: model rollout finish {model}, or abort";
}
