namespace LocalHost.Functions;

/// <summary>The functions of an app. The build finds them: <c>AppFunctions.All</c> of an assembly.</summary>
internal sealed record FunctionCatalog(IReadOnlyList<HttpFunctionMethod> Http, IReadOnlyList<QueueFunctionMethod> Queue)
{
    /// <summary>Those of some classes alone.</summary>
    public FunctionCatalog Of(IReadOnlyCollection<Type> classes) =>
        new([.. Http.Where(function => classes.Contains(function.Class))], [.. Queue.Where(function => classes.Contains(function.Class))]);
}
