using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelTool;

/// <summary>The command line <c>model</c>: its verbs and what they share.</summary>
internal sealed class Tool
{
    private readonly ToolContext context = new();
    private readonly RootCommand root = new("Tells whether a model is good enough, makes it better where that pays, and puts it live.");

    public Tool()
    {
        root.Options.Add(context.RepositoryOption);
        root.Options.Add(context.PlainOption);
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new VerbHelp((HelpAction)help.Action!);
        }
    }

    /// <summary>Adds a verb.</summary>
    public void Add(Func<ToolContext, Command> create) => root.Subcommands.Add(create(context));

    /// <returns>The exit code: 0 done, 1 failed or not understood, 2 a package was refused.</returns>
    public Task<int> RunAsync(string[] args)
    {
        if (args is [])
        {
            return root.Parse(["--help"]).InvokeAsync();
        }

        var parsed = root.Parse(args);
        return parsed.Action is ParseErrorAction ? Task.FromResult(Misunderstood(parsed)) : parsed.InvokeAsync();
    }

    // One sentence a fault, and where help is; not the help itself.
    private static int Misunderstood(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..])
        {
            var near = Spelling.Nearest(word, command.Subcommands.Select(verb => verb.Name));
            Console.Error.WriteLine(near is null
                ? $"There is no verb '{word}'; `{PathOf(command)} --help` lists them."
                : $"There is no verb '{word}'; did you mean {near}?");
            return Verbs.Verb.Failed;
        }

        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine(error.Message);
        }

        Console.Error.WriteLine($"`{PathOf(command)} --help` tells what it takes.");
        return Verbs.Verb.Failed;
    }

    private static string PathOf(Command command) =>
        command is RootCommand ? "model" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
