using System.CommandLine;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>live NAME VERSION</c></summary>
internal static class LiveVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string>("version") { Description = "The version that is to answer." };
        var command = new Command("live", "Makes a published version live.") { name, version };
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var publisher = new PackagePublisher(context.OpenRepository(arguments));
            var change = await publisher.GoLiveAsync(arguments.GetRequiredValue(name), arguments.GetRequiredValue(version), cancellationToken);
            context.Answer(
                change.From == change.To ? $"{change.Model} version {change.To} is live, as before; servers that refused it look again."
                : change.From is null ? $"{change.Model} version {change.To} is live."
                : $"{change.Model} version {change.To} is live, version {change.From} was before.");
            return Verb.Done;
        });
    }
}
