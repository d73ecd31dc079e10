namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// Pieces → ids, walked byte by byte: a double array, in which the child of a node by a byte stands at the node's base plus the byte and names its parent
/// (Aoe 1989, An Efficient Digital Search Algorithm by Using a Double-Array Structure). Immutable and thread safe.
/// </summary>
internal sealed class PieceTrie
{
    /// <summary>Where walks begin.</summary>
    public const int Root = 0;

    private const int None = -1;
    private const int NoParent = -2;

    private Node[] nodes = [new Node()];
    private int firstFree = 1;

    /// <param name="pieces">Not empty, no two alike, each in UTF-8.</param>
    public PieceTrie(IEnumerable<KeyValuePair<byte[], int>> pieces)
    {
        var sorted = pieces.ToArray();
        Array.Sort(sorted, static (one, other) => one.Key.AsSpan().SequenceCompareTo(other.Key));
        nodes[Root] = new Node { Parent = NoParent, Id = None };
        Build(sorted);
    }

    /// <summary>The longest piece that bytes begin with, from some node on.</summary>
    /// <param name="node">Where the walk begins; negative for nowhere.</param>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="start">Index of the first byte.</param>
    /// <returns>Its id, and the index after its last byte; a negative id where there is none.</returns>
    public (int Id, int End) Longest(int node, ReadOnlySpan<byte> bytes, int start)
    {
        var nodes = this.nodes;
        var (id, end) = (None, start);
        for (var index = start; index < bytes.Length && node >= 0; index++)
        {
            var next = nodes[node].Base + bytes[index];
            if ((uint)next >= (uint)nodes.Length)
            {
                break;
            }

            ref readonly var child = ref nodes[next];
            if (child.Parent != node)
            {
                break;
            }

            node = next;
            if (child.Id >= 0)
            {
                (id, end) = (child.Id, index + 1);
            }
        }

        return (id, end);
    }

    /// <summary>The node that some bytes lead to from the root; negative where there is none.</summary>
    public int Walk(ReadOnlySpan<byte> bytes)
    {
        var node = Root;
        foreach (var value in bytes)
        {
            var child = nodes[node].Base + value;
            if (child >= nodes.Length || nodes[child].Parent != node)
            {
                return None;
            }

            node = child;
        }

        return node;
    }

    private void Build(KeyValuePair<byte[], int>[] sorted)
    {
        var open = new Stack<(int Node, int From, int To, int Depth)>();
        open.Push((Root, 0, sorted.Length, 0));
        var children = new List<(byte Value, int From, int To)>();
        while (open.TryPop(out var part))
        {
            // 1. The pieces below this node, grouped by their next byte; the one that ends here stands first.
            var (node, from, to, depth) = part;
            if (from < to && sorted[from].Key.Length == depth)
            {
                nodes[node].Id = sorted[from++].Value;
            }

            children.Clear();
            for (var next = from; next < to; from = next)
            {
                var value = sorted[from].Key[depth];
                while (next < to && sorted[next].Key[depth] == value)
                {
                    next++;
                }

                children.Add((value, from, next));
            }

            // 2. A base at which all of them find free places.
            if (children.Count == 0)
            {
                continue;
            }

            var place = FindBase(children);
            nodes[node].Base = place;
            foreach (var (value, first, end) in children)
            {
                nodes[place + value] = new Node { Parent = node, Id = None };
                open.Push((place + value, first, end, depth + 1));
            }
        }
    }

    private int FindBase(List<(byte Value, int From, int To)> children)
    {
        while (firstFree < nodes.Length && nodes[firstFree].Parent != None)
        {
            firstFree++;
        }

        // Places that many have tried in vain are left behind, so that building stays near linear.
        var tried = 0;
        for (var place = Math.Max(1, firstFree - children[0].Value); ; place++)
        {
            Grow(place + byte.MaxValue + 1);
            if (children.TrueForAll(child => nodes[place + child.Value].Parent == None))
            {
                if (tried > 4096)
                {
                    firstFree = Math.Max(firstFree, place);
                }

                return place;
            }

            tried++;
        }
    }

    private void Grow(int length)
    {
        var old = nodes.Length;
        if (old >= length)
        {
            return;
        }

        Array.Resize(ref nodes, Math.Max(length, old + (old / 2)));
        nodes.AsSpan(old).Fill(new Node { Parent = None, Id = None });
    }

    private struct Node
    {
        public int Base;
        public int Parent;
        public int Id;
    }
}
