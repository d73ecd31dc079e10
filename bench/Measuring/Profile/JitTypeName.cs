namespace Scoring.Bench.Measuring.Profile;

/// <summary>A type as the just-in-time compiler names it, such as <c>System.Collections.Generic.List`1+Enumerator[System.__Canon]</c>.</summary>
/// <param name="Name">Namespace, enclosing types and name, or a primitive's.</param>
/// <param name="Arguments">Type arguments, those of enclosing types first.</param>
/// <param name="IsArray">Whether it is a vector of them.</param>
internal sealed record JitTypeName(string Name, IReadOnlyList<JitTypeName> Arguments, bool IsArray)
{
    public static JitTypeName Parse(string text)
    {
        if (text.EndsWith("[]", StringComparison.Ordinal))
        {
            return Parse(text[..^2]) with { IsArray = true };
        }

        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? new(text, [], false) : new(text[..bracket], [.. JitName.Split(text[(bracket + 1)..^1]).Select(Parse)], false);
    }
}
