namespace Triggers;

/// <summary>Which keys open a function besides those that open every one. Azure's host does not read it; the local host does.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class PurposeAttribute(KeyPurpose purpose) : Attribute
{
    /// <summary>The purpose.</summary>
    public KeyPurpose Purpose { get; } = purpose;

    /// <summary>Whether the function only shows what there is, so that the role <c>Read</c> opens it.</summary>
    public bool Reads { get; init; }
}
