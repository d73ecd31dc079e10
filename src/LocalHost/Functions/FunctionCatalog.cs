using System.Reflection;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LocalHost.Functions;

/// <summary>The functions of an app, found once at start.</summary>
internal sealed record FunctionCatalog(
    IReadOnlyList<FunctionMethod<HttpTriggerAttribute>> Http,
    IReadOnlyList<FunctionMethod<QueueTriggerAttribute>> Queue)
{
    /// <exception cref="HostSettingsException">Two functions share a name, or a method cannot be called; each is named.</exception>
    public static FunctionCatalog Find(IEnumerable<Type> types)
    {
        var http = new List<FunctionMethod<HttpTriggerAttribute>>();
        var queue = new List<FunctionMethod<QueueTriggerAttribute>>();
        var faults = new List<string>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var type in types.Where(type => type is { IsClass: true, IsPublic: true } or { IsClass: true, IsNestedPublic: true }))
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (!method.IsDefined(typeof(FunctionAttribute)) || method.GetCustomAttribute<FunctionAttribute>() is not { } function)
                {
                    continue;
                }

                if (!names.Add(function.Name))
                {
                    faults.Add($"Two functions are named '{function.Name}'; the second is {type.Name}.{method.Name}.");
                }
                else if (!TryAdd(http, function.Name, method) && !TryAdd(queue, function.Name, method))
                {
                    faults.Add($"Function '{function.Name}' has no parameter with an HTTP or queue trigger.");
                }
            }
        }

        return faults.Count == 0 ? new(http, queue) : throw new HostSettingsException(faults);
    }

    /// <summary>Each function class is made anew for every invocation, from the services of its scope.</summary>
    public void AddTo(IServiceCollection services)
    {
        foreach (var type in Http.Select(function => function.Class).Concat(Queue.Select(function => function.Class)))
        {
            services.TryAddTransient(type);
        }
    }

    private static bool TryAdd<TTrigger>(List<FunctionMethod<TTrigger>> functions, string name, MethodInfo method)
        where TTrigger : Attribute
    {
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.IsDefined(typeof(TTrigger)) && parameter.GetCustomAttribute<TTrigger>() is { } trigger)
            {
                functions.Add(new(name, method, parameter, trigger));
                return true;
            }
        }

        return false;
    }
}
