using System.CommandLine;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>live NAME VERSION [--retry]</c></summary>
internal static class LiveVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string>("version") { Description = "The version that is to answer." };
        var retry = new Option<bool>("--retry") { Description = "Forget that servers refused it or died of it, and have it tried again." };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("live", "Makes a published version live.") { name, version, retry, why, by, json }
            .WithExamples("live intent 3");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var trust = Keys.Trusted(context, []);
            if (trust.NeedsTwo(arguments.GetRequiredValue(name)))
            {
                try
                {
                    await new PackageVerifier(context.OpenRepository(arguments)).RequireSignedAsync(arguments.GetRequiredValue(name), arguments.GetRequiredValue(version), trust, cancellationToken);
                }
                catch (PackageFaultException refusal)
                {
                    context.Say(refusal.Message);
                    return Verb.Refused;
                }
            }

            var publisher = new PackagePublisher(context.OpenRepository(arguments)) { Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() };
            var (model, number) = (arguments.GetRequiredValue(name), arguments.GetRequiredValue(version));
            if (arguments.GetValue(retry) && await publisher.ContentHashAsync(model, number, cancellationToken) is { } content)
            {
                await new PackageCheck(context).ForgetAsync(content, context.RepositoryOf(arguments), cancellationToken);
            }

            var change = await publisher.GoLiveAsync(model, number, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(change);
                return Verb.Done;
            }

            context.Answer(
                change.From == change.To ? $"{change.Model} version {change.To} is live, as before; servers that refused it look again."
                : change.From is null ? $"{change.Model} version {change.To} is live."
                : $"{change.Model} version {change.To} is live, version {change.From} was before.");
            return Verb.Done;
        });
    }
}
