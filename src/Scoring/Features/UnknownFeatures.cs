using System.Text;

namespace Scoring.Features;

/// <summary>The names of columns that a model does not know, each kept once. Bounded; not thread safe.</summary>
public sealed class UnknownFeatures
{
    /// <summary>Names kept at most.</summary>
    public const int Limit = 100;

    private readonly List<byte[]> names = [];

    /// <summary>The names in the order first seen.</summary>
    public IReadOnlyList<string> Names => [.. names.Select(Encoding.UTF8.GetString)];

    /// <summary>Adds a name given as UTF-8, unless it is there already.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
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
