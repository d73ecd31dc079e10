using System.CommandLine;
using ModelTool.Rollouts;
using Scoring;
using Scoring.Configuration;
using Scoring.Outcomes.Reading;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Rollouts;

namespace ModelTool.Verbs;

/// <summary><c>rollout NAME VERSION --steps … --every …</c>, <c>rollout NAME --weights …</c>, <c>rollout status|pause|resume|finish|abort NAME</c></summary>
internal static class RolloutVerb
{
    private const string UsualSteps = "1%,10%,50%,100%";

    public static Command Create(ToolContext context)
    {
        var name = new Argument<string?>("name") { Description = "The model's name.", Arity = ArgumentArity.ZeroOrOne };
        var version = new Argument<string?>("version") { Description = "The candidate: a published version that is not live.", Arity = ArgumentArity.ZeroOrOne };
        var steps = new Option<string>("--steps") { Description = "Its share of the requests, step by step.", DefaultValueFactory = _ => UsualSteps };
        var every = new Option<string>("--every") { Description = "How long each step lasts: 30s, 10m, 2h or 1d.", DefaultValueFactory = _ => "10m" };
        var shadow = new Option<string?>("--shadow") { Description = "A share of the live version's requests that the candidate scores as well, after the answer, and is compared by. Without a number: 10%.", Arity = ArgumentArity.ZeroOrOne };
        var weights = new Option<string?>("--weights") { Description = "Shares without an end instead of steps, such as 3=90,4=10: an A/B test." };
        var limits = new Option<string?>("--limits") { Description = "How much worse it may be than the live version. Default: errors=1,misses=1,latency=1.25,disagreement=0.1,calibration=0.05,logLoss=1.05,absoluteError=1.05" };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("rollout", "Gives a version a growing share of the requests, and takes it back by itself where it is worse.")
        {
            name, version, steps, every, shadow, weights, limits, why, by, json,
            Status(context),
            Action(context, "pause", "Stops the clock: the share stays.", (rollouts, model, token) => rollouts.PauseAsync(model, token)),
            Action(context, "resume", "Lets the clock go on.", (rollouts, model, token) => rollouts.ResumeAsync(model, token)),
            Finish(context),
            Action(context, "abort", "Ends the rollout: the live version answers all requests.", (rollouts, model, token) => rollouts.AbortAsync(model, token)),
        };
        command.WithExamples("rollout intent 4 --steps 1%,10%,50%,100% --every 10m --shadow", "rollout intent --weights 3=90,4=10", "rollout status intent", "rollout abort intent");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var model = arguments.GetValue(name) ?? throw new FormatException("Say which model and version: model rollout NAME VERSION, or model rollout status NAME.");
            var rollouts = Rollouts(context, arguments, why, by);
            var candidate = arguments.GetValue(version);
            var weighted = arguments.GetValue(weights);
            if ((candidate is null) == (weighted is null))
            {
                throw new FormatException(candidate is null
                    ? $"Say which version: model rollout {model} VERSION, or with --weights which share each has."
                    : "--weights names the versions itself: leave VERSION out.");
            }

            var arms = weighted is null
                ? [new RolloutArm(candidate!, RolloutWords.Steps(arguments.GetValue(steps)!))]
                : RolloutWords.Weights(weighted, (await rollouts.ReadAsync(model, cancellationToken)).Pointer.Version!);
            var time = weighted is null ? RolloutWords.Time(arguments.GetValue(every)!) : TimeSpan.Zero;
            var rollout = Rollout.Create(arms, time, TimeProvider.System.GetUtcNow()) with
            {
                Shadow = arguments.GetResult(shadow) is null ? 0 : RolloutWords.Percent(arguments.GetValue(shadow) ?? "10%"),
                Limits = RolloutWords.Limits(arguments.GetValue(limits)),
            };
            var pointer = await KeepAsync(context, arguments, model, rollouts, rollout, cancellationToken) ?? await rollouts.StartAsync(model, rollout, cancellationToken);
            await ReportAsync(context, arguments, model, pointer, arguments.GetValue(json), cancellationToken);
            return Verb.Done;
        });
    }

    // Another id would deal every visitor anew. A braked version is judged anew, though.
    private static async Task<LivePointer?> KeepAsync(ToolContext context, ParseResult arguments, string model, RolloutPublisher rollouts, Rollout asked, CancellationToken cancellationToken)
    {
        var pointer = (await rollouts.ReadAsync(model, cancellationToken)).Pointer;
        if (pointer.Rollout is not { PausedAt: null } underWay || !underWay.IsScheduledAs(asked)
            || (await BrakesAsync(context, arguments, model, underWay, cancellationToken)).Values.Any(brake => brake is not null))
        {
            return null;
        }

        await rollouts.KeepAsync(model, underWay, cancellationToken);
        context.Say($"This rollout is under way since {Figures.Text($"{underWay.Start:u}")} and was left as it is. To begin it anew: model rollout abort {model}, then the same again.");
        return pointer;
    }

    private static Command Action(ToolContext context, string verb, string description, Func<RolloutPublisher, string, CancellationToken, Task<LivePointer>> act)
    {
        var name = Verb.ModelArgument();
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        return new Command(verb, description) { name, why, by, json }.Runs(context, async (arguments, cancellationToken) =>
        {
            var (model, rollouts) = (arguments.GetRequiredValue(name), Rollouts(context, arguments, why, by));
            await ReportAsync(context, arguments, model, await act(rollouts, model, cancellationToken), arguments.GetValue(json), cancellationToken);
            return Verb.Done;
        });
    }

    private static Command Finish(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string?>("version") { Description = "Which, where several have a share.", Arity = ArgumentArity.ZeroOrOne };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        return new Command("finish", "Makes the candidate the live version, for requests and jobs alike.") { name, version, why, by, json }.Runs(context, async (arguments, cancellationToken) =>
        {
            var (model, rollouts) = (arguments.GetRequiredValue(name), Rollouts(context, arguments, why, by));
            await ReportAsync(context, arguments, model, await rollouts.FinishAsync(model, arguments.GetValue(version), cancellationToken), arguments.GetValue(json), cancellationToken);
            return Verb.Done;
        });
    }

    private static Command Status(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var json = CommonOptions.Json();
        return new Command("status", "Shows how the rollout stands, and what outcomes say of its versions.") { name, json }.Runs(context, async (arguments, cancellationToken) =>
        {
            var model = arguments.GetRequiredValue(name);
            var pointer = (await new RolloutPublisher(context.OpenRepository(arguments), TimeProvider.System).ReadAsync(model, cancellationToken)).Pointer;
            var outcomes = pointer.Rollout is { } rollout ? await OutcomesAsync(context, arguments, model, pointer.Version!, rollout, cancellationToken) : [];
            await ReportAsync(context, arguments, model, pointer, arguments.GetValue(json), cancellationToken, outcomes);
            return Verb.Done;
        });
    }

    private static RolloutPublisher Rollouts(ToolContext context, ParseResult arguments, Option<string?> why, Option<string?> by) =>
        new(context.OpenRepository(arguments), TimeProvider.System) { Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() };

    // How the rollout stands is told without them too.
    private static async Task<IReadOnlyList<OutcomeMeasure>> OutcomesAsync(ToolContext context, ParseResult arguments, string model, string live, Rollout rollout, CancellationToken cancellationToken)
    {
        if (StoredOutcomes.Open(context, arguments) is not { } files)
        {
            return [];
        }

        try
        {
            var reading = await new OutcomeReader(files).ReadAsync(new OutcomeQuery(model, rollout.Start, DateTimeOffset.MaxValue) { ByVisitor = true }, cancellationToken);
            return OutcomeComparison.Of(reading, live, rollout.Arms.Select(arm => arm.Version), await LabelsAsync(context.OpenRepository(arguments), model, live, cancellationToken));
        }
        catch (ScoringException e)
        {
            context.Say($"What outcomes say is not known: {e.Message}");
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> LabelsAsync(IPackageRepository repository, string model, string version, CancellationToken cancellationToken)
    {
        using var stream = await repository.OpenAsync(model, version, ModelPackage.ConfigFile, cancellationToken);
        var json = stream is null ? null : await BoundedFile.ReadAsync(stream, BoundedFile.MaxConfig, cancellationToken);
        return json is null ? [] : ModelConfigReader.Read(json).Labels;
    }

    private static async Task ReportAsync(
        ToolContext context, ParseResult arguments, string model, LivePointer pointer, bool inJson, CancellationToken cancellationToken, IReadOnlyList<OutcomeMeasure>? outcomes = null)
    {
        var brakes = pointer.Rollout is { } rollout ? await BrakesAsync(context, arguments, model, rollout, cancellationToken) : [];
        var requests = pointer.Rollout is { } now ? await RequestsAsync(context, arguments, model, pointer.Version!, now, cancellationToken) : [];
        var report = new RolloutReport(model, pointer, TimeProvider.System.GetUtcNow(), brakes, outcomes ?? [], requests);
        if (inJson)
        {
            context.AnswerJson(report.Json);
            return;
        }

        report.Write(context);
    }

    private static async Task<Dictionary<string, RolloutBrake?>> BrakesAsync(ToolContext context, ParseResult arguments, string model, Rollout rollout, CancellationToken cancellationToken)
    {
        var check = new PackageCheck(context);
        var brakes = new Dictionary<string, RolloutBrake?>();
        foreach (var arm in rollout.Arms)
        {
            brakes[arm.Version] = await check.FindBrakeAsync(model, rollout.Id, arm.Version, context.RepositoryOf(arguments), cancellationToken);
        }

        return brakes;
    }

    private static async Task<IReadOnlyList<RequestMeasure>> RequestsAsync(
        ToolContext context, ParseResult arguments, string model, string live, Rollout rollout, CancellationToken cancellationToken)
    {
        var sum = await new PackageCheck(context).SumRequestsAsync(model, rollout.Id, context.RepositoryOf(arguments), cancellationToken);
        return RequestComparison.Of(sum, live, [.. rollout.Arms.Select(arm => arm.Version)]);
    }
}
