using System.Reflection;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Functions.Tests.LocalHost;

public class SurfaceTests
{
    /// <summary>
    /// What the worker packages define of the types that LocalHost stands in for. LocalHost may have fewer of these members, since
    /// it has only what src/Functions uses, but no other ones: with any other the azure flavour would not compile.
    /// </summary>
    private static readonly string[] Worker =
    [
        "abstract class Microsoft.Azure.Functions.Worker.Extensions.Abstractions.BindingAttribute : System.Attribute",
        "abstract class Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute : Microsoft.Azure.Functions.Worker.Extensions.Abstractions.BindingAttribute",
        "class Microsoft.Azure.Functions.Worker.FunctionAttribute : System.Attribute",
        "Microsoft.Azure.Functions.Worker.FunctionAttribute: Void .ctor(System.String name)",
        "Microsoft.Azure.Functions.Worker.FunctionAttribute: System.String Name { get; }",
        "enum Microsoft.Azure.Functions.Worker.AuthorizationLevel Anonymous = 0, User = 1, Function = 2, System = 3, Admin = 4",
        "sealed class Microsoft.Azure.Functions.Worker.HttpTriggerAttribute : Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: Void .ctor()",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: Void .ctor(params System.String[] methods)",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: Void .ctor(Microsoft.Azure.Functions.Worker.AuthorizationLevel authLevel)",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: Void .ctor(Microsoft.Azure.Functions.Worker.AuthorizationLevel authLevel, params System.String[] methods)",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: System.String Route { get; set; }",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: System.String[] Methods { get; }",
        "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute: Microsoft.Azure.Functions.Worker.AuthorizationLevel AuthLevel { get; }",
        "sealed class Microsoft.Azure.Functions.Worker.QueueTriggerAttribute : Microsoft.Azure.Functions.Worker.Extensions.Abstractions.TriggerBindingAttribute",
        "Microsoft.Azure.Functions.Worker.QueueTriggerAttribute: Void .ctor(System.String queueName)",
        "Microsoft.Azure.Functions.Worker.QueueTriggerAttribute: System.String QueueName { get; }",
        "Microsoft.Azure.Functions.Worker.QueueTriggerAttribute: System.String Connection { get; set; }",
        "class Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication : System.Object",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication: Void .ctor()",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication: static Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder CreateBuilder(System.String[] args)",
        "class Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder : System.Object",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: System.Collections.Generic.IDictionary`2[System.Object,System.Object] Properties { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.Configuration.ConfigurationManager Configuration { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.Hosting.IHostEnvironment Environment { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.Logging.ILoggingBuilder Logging { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.Diagnostics.Metrics.IMetricsBuilder Metrics { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.DependencyInjection.IServiceCollection Services { get; }",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder: Microsoft.Extensions.Hosting.IHost Build()",
        "static class Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilderAspNetCoreExtensions : System.Object",
        "Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilderAspNetCoreExtensions: static Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder builder)",
        "static class Microsoft.Azure.Functions.Worker.FunctionsApplicationInsightsExtensions : System.Object",
        "Microsoft.Azure.Functions.Worker.FunctionsApplicationInsightsExtensions: static Microsoft.Extensions.DependencyInjection.IServiceCollection ConfigureFunctionsApplicationInsights(this Microsoft.Extensions.DependencyInjection.IServiceCollection services)",
    ];

    private static readonly Type[] Types = typeof(FunctionsApplication).Assembly.GetExportedTypes();

    public static TheoryData<string> Members => [.. Types.SelectMany(Describe)];

    [Theory]
    [MemberData(nameof(Members))]
    public void PublicMember_OfLocalHost_IsTheWorkersOwn(string member) => Assert.Contains(member, Worker);

    [Fact]
    public void PublicConstructors_OfAttributes_AreAllThere()
    {
        // An overload that were missing here could bind differently there, without an error.
        var constructors = Worker.Where(line => line.Contains("Attribute: Void .ctor", StringComparison.Ordinal));

        Assert.Empty(constructors.Except(Types.SelectMany(Describe)));
    }

    private static IEnumerable<string> Describe(Type type)
    {
        if (type.IsEnum)
        {
            yield return $"enum {type} {string.Join(", ", Enum.GetNames(type).Select(name => $"{name} = {(int)Enum.Parse(type, name)}"))}";
            yield break;
        }

        yield return $"{Kind(type)} {type} : {type.BaseType}";
        foreach (var constructor in type.GetConstructors())
        {
            yield return $"{type}: Void .ctor({Parameters(constructor)})";
        }

        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var property in type.GetProperties(Declared))
        {
            yield return $"{type}: {property.PropertyType} {property.Name} {{ get; {(property.SetMethod?.IsPublic == true ? "set; " : "")}}}";
        }

        foreach (var method in type.GetMethods(Declared).Where(method => !method.IsSpecialName))
        {
            yield return $"{type}: {(method.IsStatic ? "static " : "")}{method.ReturnType} {method.Name}({Parameters(method)})";
        }
    }

    private static string Kind(Type type) => type switch
    {
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select(parameter =>
            (isExtension && parameter.Position == 0 ? "this " : "")
            + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            + $"{parameter.ParameterType} {parameter.Name}"));
    }
}
