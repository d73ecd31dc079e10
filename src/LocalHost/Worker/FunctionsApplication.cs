using System.Diagnostics.CodeAnalysis;
using LocalHost.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a Function App begins.</summary>
[SuppressMessage("Design", "CA1052:Static holder types should be static", Justification = "The worker's own class is not.")]
public class FunctionsApplication
{
    /// <exception cref="HostSettingsException">A setting of host.json, local.settings.json or the environment is wrong; the message names each.</exception>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        StartFaults.EndPlainly();
        return new(AppSource.Entry(args));
    }
}
