using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects an app's services, then builds the host that serves its functions.</summary>
public class FunctionsApplicationBuilder
{
    private readonly WebApplicationBuilder web;
    private readonly AppSource source;

    internal FunctionsApplicationBuilder(AppSource source)
    {
        this.source = source;
        web = LocalApplication.CreateBuilder(source);
    }

    /// <summary>Environment variables over the Values of local.settings.json.</summary>
    public ConfigurationManager Configuration => web.Configuration;

    public IServiceCollection Services => web.Services;

    /// <summary>Set by ConfigureFunctionsWebApplication; this host serves no app that leaves it out.</summary>
    internal bool IsWebApplication { get; set; }

    /// <exception cref="InvalidOperationException">ConfigureFunctionsWebApplication was not called, or a function has a shape that this host does not serve.</exception>
    public IHost Build() => IsWebApplication
        ? LocalApplication.Build(web, source)
        : throw new InvalidOperationException("Call ConfigureFunctionsWebApplication() before Build().");
}
