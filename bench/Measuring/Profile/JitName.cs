namespace Scoring.Bench.Measuring.Profile;

/// <summary>A method as the just-in-time compiler names it, such as <c>System.Span`1[int]:get_Item(int):byref:this</c>.</summary>
/// <param name="Type">The type that declares it.</param>
/// <param name="Method">Its name.</param>
/// <param name="Arguments">Its own type arguments.</param>
/// <param name="ParameterCount">How many parameters it takes.</param>
internal sealed record JitName(JitTypeName Type, string Method, IReadOnlyList<JitTypeName> Arguments, int ParameterCount)
{
    /// <summary>Null for what is no method of an assembly: stubs, and code made at run time.</summary>
    public static JitName? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var open = colon < 0 ? -1 : text.IndexOf('(', colon);
        if (open < 0 || text.StartsWith('(') || text.Contains("IL_STUB", StringComparison.Ordinal))
        {
            return null;
        }

        var name = text[(colon + 1)..open];
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        IReadOnlyList<JitTypeName> arguments = bracket < 0 ? [] : [.. Split(name[(bracket + 1)..^1]).Select(JitTypeName.Parse)];
        var parameters = text[(open + 1)..text.IndexOf(')', open)];
        return new(JitTypeName.Parse(text[..colon]), bracket < 0 ? name : name[..bracket], arguments, parameters.Length == 0 ? 0 : Split(parameters).Count());
    }

    /// <summary>The parts between the commas that stand in no brackets.</summary>
    public static IEnumerable<string> Split(string list)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '[' or '<' => 1, ']' or '>' => -1, _ => 0 };
            if (list[i] == ',' && depth == 0)
            {
                yield return list[start..i];
                start = i + 1;
            }
        }

        yield return list[start..];
    }
}
