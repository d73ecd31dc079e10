namespace LocalHost.Hosting;

/// <summary>What a host serves and from where: the classes searched for functions, the folder of host.json and local.settings.json, the command line.</summary>
internal sealed record AppSource(IReadOnlyList<Type> Types, string Directory, string[] Arguments)
{
    /// <summary>The project's own functions, from the folder that this executable lies in.</summary>
    public static AppSource Triggers(string[] arguments) =>
        new(typeof(global::Triggers.Score).Assembly.GetTypes(), AppContext.BaseDirectory, arguments);
}
