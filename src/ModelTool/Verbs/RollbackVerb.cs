using System.CommandLine;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>rollback NAME</c></summary>
internal static class RollbackVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var command = new Command("rollback", "Makes the version live that was live before.") { name }
            .WithExamples("rollback intent");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var publisher = new PackagePublisher(context.OpenRepository(arguments));
            var change = await publisher.RollBackAsync(arguments.GetRequiredValue(name), cancellationToken);
            context.Answer($"{change.Model} version {change.To} is live again, version {change.From} was before.");
            return Verb.Done;
        });
    }
}
