using Microsoft.CodeAnalysis;

namespace LocalHost.Generator;

/// <summary>The attributes that tell what a method is.</summary>
internal static class AttributeNames
{
    public const string Function = "Microsoft.Azure.Functions.Worker.FunctionAttribute";
    public const string HttpTrigger = "Microsoft.Azure.Functions.Worker.HttpTriggerAttribute";
    public const string QueueTrigger = "Microsoft.Azure.Functions.Worker.QueueTriggerAttribute";
    public const string Purpose = "Triggers.PurposeAttribute";

    public static bool Has(this ISymbol symbol, string name) => symbol.Find(name) is not null;

    /// <summary>The attribute of a full name; null when it is not there.</summary>
    public static AttributeData? Find(this ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && type.ToDisplayString() == name)
            {
                return attribute;
            }
        }

        return null;
    }
}
