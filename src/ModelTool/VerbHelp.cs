using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelTool;

/// <summary>The help of the library, with a list of verbs that fits a screen: a sentence each, and brackets around what is optional.</summary>
internal sealed class VerbHelp(HelpAction plain) : SynchronousCommandLineAction
{
    private const string Heading = "Commands:";

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
        output.Write(WithShortList(text.ToString(), parseResult.CommandResult.Command.Subcommands));
        return status;
    }

    // The list is the last part of the library's help.
    private static string WithShortList(string help, IList<Command> verbs)
    {
        var start = help.IndexOf(Heading, StringComparison.Ordinal);
        if (verbs.Count == 0 || start < 0)
        {
            return help;
        }

        var width = verbs.Max(verb => Label(verb).Length);
        var lines = verbs.Select(verb => $"  {Label(verb).PadRight(width)}  {FirstSentence(verb.Description ?? "")}");
        return $"{help[..start]}{Heading}{Environment.NewLine}{string.Join(Environment.NewLine, lines)}{Environment.NewLine}{Environment.NewLine}"
            + $"`model VERB --help` tells what a verb takes, with examples.{Environment.NewLine}";
    }

    private static string Label(Command verb) => string.Join(' ', verb.Arguments
        .Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[<{argument.Name}>]" : $"<{argument.Name}>").Prepend(verb.Name));

    private static string FirstSentence(string description)
    {
        var line = description.Split('\n')[0].TrimEnd('\r');
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? line : line[..(end + 1)];
    }
}
