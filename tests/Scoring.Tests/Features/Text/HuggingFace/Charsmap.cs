using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Scoring.Tests.Features.Text.HuggingFace;

/// <summary>Compiles a character map as SentencePiece does: Darts-clone's double array, and the replacements behind it.</summary>
internal static class Charsmap
{
    private static readonly Lazy<byte[]> Whole = new(() =>
    {
        // .NET without ICU normalises nothing; the library does.
        using var nfkc = new NormalizerPeer(new JsonObject { ["type"] = "NFKC" }, preTokenizer: null);
        return Compile(Enumerable.Range(1, 0xFFFF).Where(Rune.IsValid).Select(point => new Rune(point).ToString()).Select(text => (From: text, To: nfkc.Words(text)))
            .Where(pair => pair.From != pair.To && pair.From is not ("\t" or "\n" or "\u200B")).Append(("\t", " ")).Append(("\n", " ")).Append(("\u200B", "")));
    });

    /// <summary>What Unicode's NFKC makes of each character of the first plane, as T5 and XLM-R have it.</summary>
    public static byte[] Nfkc() => (byte[])Whole.Value.Clone();

    /// <summary>A map of these replacements.</summary>
    public static byte[] Compile(IEnumerable<(string From, string To)> replacements)
    {
        // 1. The replacements, and a trie of what is replaced.
        using var texts = new MemoryStream();
        var root = new Node();
        foreach (var (from, to) in replacements)
        {
            var node = root;
            foreach (var value in Encoding.UTF8.GetBytes(from))
            {
                node = node.Next.TryGetValue(value, out var next) ? next : node.Next[value] = new Node();
            }

            node.Value = (int)texts.Length;
            texts.Write(Encoding.UTF8.GetBytes(to));
            texts.WriteByte(0);
        }

        // 2. Its nodes laid out so that no two share a unit.
        var units = new List<uint>();
        var used = new HashSet<uint> { 0 };
        var waiting = new Queue<(Node Node, uint Place)>([(root, 0)]);
        var free = 1u;
        while (waiting.TryDequeue(out var item))
        {
            var bytes = item.Node.Next.Keys.Select(value => (uint)value).Concat(item.Node.Value is null ? [] : [0u]).ToArray();
            var start = free;
            while (bytes.Any(value => used.Contains(start ^ value)) || start == 0)
            {
                start++;
            }

            while (used.Contains(free))
            {
                free++;
            }

            Grow((start | 0xFF) + 1);
            units[(int)item.Place] |= (start ^ item.Place) << 10;
            if (item.Node.Value is { } leaf)
            {
                units[(int)item.Place] |= 0x100;
                units[(int)start] = 0x80000000 | (uint)leaf;
                used.Add(start);
            }

            foreach (var (value, next) in item.Node.Next)
            {
                units[(int)(start ^ value)] |= value;
                used.Add(start ^ value);
                waiting.Enqueue((next, start ^ value));
            }
        }

        // 3. The size of the array, the array, the texts.
        var map = new byte[4 + (4 * units.Count) + texts.Length];
        BinaryPrimitives.WriteInt32LittleEndian(map, 4 * units.Count);
        for (var index = 0; index < units.Count; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(map.AsSpan(4 + (4 * index)), units[index]);
        }

        texts.ToArray().CopyTo(map, 4 + (4 * units.Count));
        return map;

        void Grow(uint count)
        {
            while (units.Count < count)
            {
                units.Add(0);
            }
        }
    }

    private sealed class Node
    {
        public SortedDictionary<byte, Node> Next { get; } = [];

        public int? Value { get; set; }
    }
}
