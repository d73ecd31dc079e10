using System.Reflection;

namespace LocalHost.Hosting;

/// <summary>What a host serves and from where: the classes searched for functions, the folder of host.json and local.settings.json, the command line.</summary>
internal sealed record AppSource(IReadOnlyList<Type> Types, string Directory, string[] Arguments)
{
    public static AppSource Entry(string[] arguments) =>
        new(Assembly.GetEntryAssembly()!.GetTypes(), AppContext.BaseDirectory, arguments);
}
