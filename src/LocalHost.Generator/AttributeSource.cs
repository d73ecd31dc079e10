using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LocalHost.Generator;

/// <summary>An attribute as the expression that makes it anew.</summary>
internal static class AttributeSource
{
    public static string New(AttributeData attribute)
    {
        var named = attribute.NamedArguments.Select(argument => $"{argument.Key} = {Value(argument.Value)}").ToList();
        return $"new {Full(attribute.AttributeClass!)}({string.Join(", ", attribute.ConstructorArguments.Select(Value))})"
            + (named.Count == 0 ? "" : $" {{ {string.Join(", ", named)} }}");
    }

    public static string Value(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Array when constant.IsNull => "null",
        TypedConstantKind.Array => $"new {Full(constant.Type!)} {{ {string.Join(", ", constant.Values.Select(Value))} }}",
        TypedConstantKind.Enum => $"({Full(constant.Type!)})({constant.Value})",
        TypedConstantKind.Type => $"typeof({Full((ITypeSymbol)constant.Value!)})",
        _ => constant.ToCSharpString(),
    };

    private static string Full(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
