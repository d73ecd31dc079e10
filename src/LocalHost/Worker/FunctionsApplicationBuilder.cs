using LocalHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects an app's services, then builds the host that serves its functions.</summary>
public class FunctionsApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly AppSource _source;

    internal FunctionsApplicationBuilder(AppSource source)
    {
        _source = source;
        _web = LocalApplication.CreateBuilder(source);
    }

    /// <summary>Environment variables over the Values of local.settings.json.</summary>
    public ConfigurationManager Configuration => _web.Configuration;

    public IServiceCollection Services => _web.Services;

    /// <summary>Set by ConfigureFunctionsWebApplication; this host serves no app that leaves it out.</summary>
    internal bool IsWebApplication { get; set; }

    /// <exception cref="InvalidOperationException">ConfigureFunctionsWebApplication was not called, or a function has a shape that this host does not serve.</exception>
    public IHost Build() => IsWebApplication
        ? LocalApplication.Build(_web, _source)
        : throw new InvalidOperationException("Call ConfigureFunctionsWebApplication() before Build().");
}
