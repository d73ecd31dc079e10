using Microsoft.CodeAnalysis;

namespace LocalHost.Generator;

/// <summary>Finds the methods that a host may call: public ones of instances of public classes.</summary>
internal static class PublicMethods
{
    /// <summary>Those that are marked as functions, below a namespace or a type.</summary>
    public static IEnumerable<IMethodSymbol> MarkedAsFunctions(INamespaceOrTypeSymbol parent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var member in parent.GetMembers())
        {
            IEnumerable<IMethodSymbol> found = member switch
            {
                IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false, DeclaredAccessibility: Accessibility.Public } method when method.Has(AttributeNames.Function) => [method],
                INamespaceSymbol space => MarkedAsFunctions(space, cancellationToken),
                INamedTypeSymbol { TypeKind: TypeKind.Class, DeclaredAccessibility: Accessibility.Public, IsGenericType: false } type => MarkedAsFunctions(type, cancellationToken),
                _ => [],
            };
            foreach (var method in found)
            {
                yield return method;
            }
        }
    }
}
