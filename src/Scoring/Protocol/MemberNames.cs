using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Scoring.Features;

namespace Scoring.Protocol;

/// <summary>
/// The members of one object so far. Of two of one name nobody can tell which is meant, and a gateway in front may have checked the other one: the second is a fault.
/// </summary>
internal struct MemberNames
{
    /// <summary>What is said of the second.</summary>
    public const string Twice = "given twice; expected once";

    private const int Few = 8;

    private FewHashes few;
    private int count;
    private HashSet<ulong>? many;

    /// <summary>Whether the name that the reader stands on is the first of it.</summary>
    public bool IsFirst(ref Utf8JsonReader reader)
    {
        var hash = XxHash3.HashToUInt64(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonText.Name(ref reader)) : reader.ValueSpan);
        if (many is not null)
        {
            return many.Add(hash);
        }

        ReadOnlySpan<ulong> known = few;
        if (known[..count].Contains(hash))
        {
            return false;
        }

        if (count < Few)
        {
            few[count++] = hash;
            return true;
        }

        many = [.. known, hash];
        return true;
    }

    /// <summary>Adds the second to the faults and passes over it.</summary>
    /// <param name="reader">Stands on a name, and then on the last token of its value.</param>
    /// <param name="faults">Gets the fault.</param>
    /// <param name="pointer">Of the object.</param>
    /// <returns>False.</returns>
    public static bool Refuse(ref Utf8JsonReader reader, FaultList faults, string pointer)
    {
        faults.Add(ErrorCode.InvalidJson, $"{pointer}/{FaultSite.Escape(Found.Name(ref reader))}", Twice);
        reader.Read();
        reader.Skip();
        return false;
    }

    [InlineArray(Few)]
    private struct FewHashes
    {
        private ulong first;
    }
}
