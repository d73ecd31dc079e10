using LocalHost.Functions;

namespace LocalHost.Hosting;

/// <summary>What a host serves and from where: the functions, the folder of host.json and local.settings.json, the command line.</summary>
internal sealed record AppSource(FunctionCatalog Functions, string Directory, string[] Arguments)
{
    /// <summary>The project's own functions, from the folder that this executable lies in.</summary>
    public static AppSource Triggers(string[] arguments) => new(AppFunctions.All, AppContext.BaseDirectory, arguments);
}
