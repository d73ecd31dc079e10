using System.Text;

namespace Scoring.Features;

/// <summary>The names of columns that a model does not know, each kept once. Bounded; not thread safe.</summary>
public sealed class UnknownFeatures
{
    /// <summary>Names kept at most.</summary>
    public const int Limit = 100;

    /// <summary>Bytes kept of a name at most. Names that begin with the same as many are one.</summary>
    public const int MaxNameBytes = 800;

    private readonly List<byte[]> names = [];

    /// <summary>The names in the order first seen.</summary>
    public IReadOnlyList<string> Names => [.. names.Select(name => Found.Name(Encoding.UTF8.GetString(name)))];

    /// <summary>Adds a name given as UTF-8, unless it is there already.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        name = name[..Math.Min(name.Length, MaxNameBytes)];
        foreach (var known in names)
        {
            if (name.SequenceEqual(known))
            {
                return;
            }
        }

        if (names.Count < Limit)
        {
            names.Add(name.ToArray());
        }
    }
}
