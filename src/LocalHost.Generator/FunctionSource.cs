using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LocalHost.Generator;

/// <summary>One function as source code: how its class is made, and how the method is called.</summary>
/// <param name="name">As <c>[Function]</c> gives it.</param>
/// <param name="isHttp">Whether a request starts it; else a message of a queue.</param>
/// <param name="code">An expression of the type <c>HttpFunctionMethod</c> or <c>QueueFunctionMethod</c>.</param>
internal sealed class FunctionSource(string name, bool isHttp, string code)
{
    private const string Request = "Microsoft.AspNetCore.Http.HttpRequest";
    private const string Token = "System.Threading.CancellationToken";
    private const string Result = "Microsoft.AspNetCore.Http.IResult";

    public string Name => name;

    public bool IsHttp => isHttp;

    public string Code => code;

    /// <summary>Reads a method that is marked as a function.</summary>
    /// <returns>Null when this host cannot serve it; what is wrong is added to <paramref name="faults"/>.</returns>
    public static FunctionSource? Read(IMethodSymbol method, FaultList faults)
    {
        var name = (string)method.Find(AttributeNames.Function)!.ConstructorArguments[0].Value!;
        var http = Trigger(method, AttributeNames.HttpTrigger);
        var (parameter, trigger) = http.Trigger is null ? Trigger(method, AttributeNames.QueueTrigger) : http;
        if (trigger is null)
        {
            faults.Add(FaultList.NoTrigger, method, name);
            return null;
        }

        var isHttp = http.Trigger is not null;
        var result = Call(method, name, isHttp, faults);
        var made = Make(method.ContainingType, isHttp ? "context.RequestServices" : "services", out var constructors);
        if (made is null)
        {
            faults.Add(FaultList.NoConstructor, method, name, method.ContainingType.Name, constructors);
        }

        if (result is null || made is null)
        {
            return null;
        }

        var called = string.Format(System.Globalization.CultureInfo.InvariantCulture, result, made);
        var facts = $"{Literal(name)}, typeof({Full(method.ContainingType)}), {Literal(parameter!.Name)}, {AttributeSource.New(trigger)}";
        return isHttp
            ? new(name, true, $"new({facts}, {Purpose(method)}, static context => {called})")
            : new(name, false, $"new({facts}, static (services, invocation) => {called})");
    }

    // The call, with {0} for the instance; null when a parameter or the result is none that this host serves.
    private static string? Call(IMethodSymbol method, string name, bool isHttp, FaultList faults)
    {
        var isGood = true;
        var arguments = new List<string>();
        foreach (var parameter in method.Parameters)
        {
            var argument = parameter.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString() switch
            {
                Request when isHttp => "context.Request",
                Token => isHttp ? "context.RequestAborted" : "invocation.Cancelled",
                "string" => isHttp ? $"global::LocalHost.Http.HttpArguments.RouteValue(context, {Literal(parameter.Name)})" : "invocation.Body",
                _ => null,
            };
            isGood &= argument is not null;
            arguments.Add(argument ?? "");
            if (argument is null)
            {
                faults.Add(FaultList.WrongParameter, method, name, parameter.Name, Short(parameter.Type), isHttp ? "HttpRequest, string or CancellationToken" : "string or CancellationToken");
            }
        }

        var call = $"{{0}}.{method.Name}({string.Join(", ", arguments)})";
        switch (method.ReturnType.ToDisplayString())
        {
            case $"System.Threading.Tasks.Task<{Result}>" when isHttp:
            case "System.Threading.Tasks.Task" when !isHttp:
                return isGood ? call : null;
            case Result when isHttp:
                return isGood ? $"global::System.Threading.Tasks.Task.FromResult({call})" : null;
            default:
                faults.Add(FaultList.WrongResult, method, name, Short(method.ReturnType), isHttp ? "IResult or Task<IResult>" : "Task");
                return null;
        }
    }

    private static (IParameterSymbol? Parameter, AttributeData? Trigger) Trigger(IMethodSymbol method, string name)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Find(name) is { } trigger)
            {
                return (parameter, trigger);
            }
        }

        return default;
    }

    private static string? Make(INamedTypeSymbol type, string services, out int constructors)
    {
        var found = type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public).ToList();
        constructors = found.Count;
        return found.Count == 1
            ? $"new {Full(type)}({string.Join(", ", found[0].Parameters.Select(parameter => $"{services}.GetRequiredService<{Full(parameter.Type)}>()"))})"
            : null;
    }

    private static string Purpose(IMethodSymbol method) => (method.Find(AttributeNames.Purpose) ?? method.ContainingType.Find(AttributeNames.Purpose)) is { } purpose
        ? AttributeSource.New(purpose)
        : "null";

    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static string Short(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
