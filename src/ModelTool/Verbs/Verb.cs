using System.CommandLine;
using ModelTool.Native;
using Scoring;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary>Runs the action of a verb so that an expected failure is one sentence and an exit code, not a stack trace.</summary>
internal static class Verb
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Refused = 2;

    /// <summary>The argument of verbs that act on a model.</summary>
    public static Argument<string> ModelArgument() => new("name") { Description = "The model's name." };

    public static Command Runs(this Command command, ToolContext context, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (arguments, cancellationToken) =>
        {
            context.IsPlain = arguments.GetValue(context.PlainOption);
            try
            {
                return await action(arguments, cancellationToken);
            }
            catch (RefusedException e)
            {
                context.Say(e.Message);
                return Refused;
            }
            catch (Exception e) when (e is ScoringException or RepositoryConflictException or IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
            {
                context.Say(e.Message);
                return Failed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                context.Say("Stopped.");
                return Failed;
            }
        });
        return command;
    }
}
