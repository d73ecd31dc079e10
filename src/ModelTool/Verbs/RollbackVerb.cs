using System.CommandLine;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>rollback NAME</c></summary>
internal static class RollbackVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("rollback", "Makes the version live that was live before.") { name, why, by, json }
            .WithExamples("rollback intent --why \"refuses sessions of November\"");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var publisher = new PackagePublisher(context.OpenRepository(arguments)) { Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() };
            var change = await publisher.RollBackAsync(arguments.GetRequiredValue(name), cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(change);
                return Verb.Done;
            }

            context.Answer($"{change.Model} version {change.To} is live again, version {change.From} was before.");
            return Verb.Done;
        });
    }
}
