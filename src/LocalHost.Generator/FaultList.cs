using Microsoft.CodeAnalysis;

namespace LocalHost.Generator;

/// <summary>What is wrong with the functions of an app; each ends the build.</summary>
internal sealed class FaultList(SourceProductionContext output)
{
    public static readonly DiagnosticDescriptor SameName = Rule("FN001", "Two functions are named '{0}'; the second is {1}");
    public static readonly DiagnosticDescriptor NoTrigger = Rule("FN002", "Function '{0}' has no parameter with an HTTP or queue trigger");
    public static readonly DiagnosticDescriptor WrongParameter = Rule("FN003", "Function '{0}' has parameter '{1}' of type {2}; expected {3}");
    public static readonly DiagnosticDescriptor WrongResult = Rule("FN004", "Function '{0}' returns {1}; expected {2}");
    public static readonly DiagnosticDescriptor NoConstructor = Rule("FN005", "Function '{0}' is a method of {1}, which has {2} public constructors; expected one");

    public void Add(DiagnosticDescriptor rule, IMethodSymbol method, params object[] facts) =>
        output.ReportDiagnostic(Diagnostic.Create(rule, method.Locations.FirstOrDefault(location => location.IsInSource), facts));

    private static DiagnosticDescriptor Rule(string id, string message) => new(id, "A function has a shape that the local host does not serve", message, "Functions", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
