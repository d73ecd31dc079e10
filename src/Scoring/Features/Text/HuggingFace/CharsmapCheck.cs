using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>
/// Walks the character maps that SentencePiece compiles (<c>precompiled_charsmap</c>). The library follows their indexes unchecked and ends the process where
/// one leads out of the map, which a text of a caller's may find years later. The layout is that of Darts-clone's double array: four bytes a unit, a bit for a
/// leaf, an offset, and the byte that leads to it; then the replacements, each ended by NUL.
/// </summary>
internal static class CharsmapCheck
{
    /// <summary>Checks all maps of a tokenizer.json.</summary>
    public static void Check(JsonElement root, List<string> faults)
    {
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("normalizer", out var normalizer))
        {
            CheckPart(normalizer, "/normalizer", faults);
        }
    }

    /// <summary>What is wrong with a map; null where nothing is.</summary>
    public static string? Fault(ReadOnlySpan<byte> map)
    {
        if (map.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(map) is var size && (size < 4 || size % 4 != 0 || size > map.Length - 4))
        {
            return $"found {map.Length} bytes whose first four do not tell the size of what follows";
        }

        var units = new uint[(int)BinaryPrimitives.ReadUInt32LittleEndian(map) / 4];
        for (var index = 0; index < units.Length; index++)
        {
            units[index] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (4 * index))..]);
        }

        var replacements = map[(4 + (4 * units.Length))..];
        return System.Text.Unicode.Utf8.IsValid(replacements) ? Walk(units, replacements) : "found replacements that are no UTF-8";
    }

    private static void CheckPart(JsonElement part, string where, List<string> faults)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (part.TryGetProperty("normalizers", out var parts) && parts.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var inner in parts.EnumerateArray())
            {
                CheckPart(inner, $"{where}/normalizers/{index++}", faults);
            }
        }

        if (part.TryGetProperty("precompiled_charsmap", out var map) && map.ValueKind == JsonValueKind.String)
        {
            if (!map.TryGetBytesFromBase64(out var bytes))
            {
                faults.Add($"{where}/precompiled_charsmap: found no base64");
            }
            else if (bytes.Length > 0 && Fault(bytes) is { } fault)
            {
                faults.Add($"{where}/precompiled_charsmap: {fault}; expected a map as SentencePiece compiles it");
            }
        }
    }

    // Every step that any text could take, once.
    private static string? Walk(uint[] units, ReadOnlySpan<byte> replacements)
    {
        var seen = new bool[units.Length];
        var ways = new Stack<uint>();
        ways.Push(Offset(units[0]));
        while (ways.TryPop(out var start))
        {
            for (var next = 1u; next < 0x100; next++)
            {
                var place = start ^ next;
                if (place >= units.Length)
                {
                    return $"found a way to the unit {place}, while there are {units.Length}";
                }

                // A leaf is a unit with the highest bit, which is no byte.
                var unit = units[place];
                if ((unit & 0x800000FF) != next || seen[place])
                {
                    continue;
                }

                seen[place] = true;
                var end = place ^ Offset(unit);
                if ((unit & 0x100) != 0 && LeafFault(units, end, replacements) is { } fault)
                {
                    return fault;
                }

                ways.Push(end);
            }
        }

        return null;
    }

    private static string? LeafFault(uint[] units, uint place, ReadOnlySpan<byte> replacements)
    {
        if (place >= units.Length)
        {
            return $"found a leaf at the unit {place}, while there are {units.Length}";
        }

        var value = units[place] & 0x7FFFFFFF;
        var isStart = value <= replacements.Length && (value == replacements.Length || (replacements[(int)value] & 0xC0) != 0x80);
        return isStart ? null : $"found a leaf that leads to the byte {value} of {replacements.Length} bytes of replacements";
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
