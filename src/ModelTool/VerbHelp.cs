using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelTool;

/// <summary>The help of the library, with brackets around optional arguments in the list of verbs too.</summary>
internal sealed class VerbHelp(HelpAction plain) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var text = new StringWriter();
        parseResult.InvocationConfiguration.Output = text;
        var status = plain.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(parseResult.CommandResult.Command.Subcommands.Aggregate(text.ToString(), WithBrackets));
        return status;
    }

    // The columns stay where they are: two brackets take the place of two blanks.
    private static string WithBrackets(string help, Command verb) => verb.Arguments
        .Where(argument => argument.Arity.MinimumNumberOfValues == 0)
        .Aggregate(help, (text, argument) => text
            .Replace($"{verb.Name} <{argument.Name}>  ", $"{verb.Name} [<{argument.Name}>]", StringComparison.Ordinal)
            .Replace($"> <{argument.Name}>  ", $"> [<{argument.Name}>]", StringComparison.Ordinal));
}
