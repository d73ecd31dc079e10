using System.CommandLine;

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
    }

    /// <summary>Adds a verb.</summary>
    public void Add(Func<ToolContext, Command> create) => root.Subcommands.Add(create(context));

    /// <returns>The exit code: 0 done, 1 failed or not understood, 2 a package was refused.</returns>
    public Task<int> RunAsync(string[] args) => root.Parse(args).InvokeAsync();
}
