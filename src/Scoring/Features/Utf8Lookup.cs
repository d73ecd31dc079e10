using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Scoring.Features;

/// <summary>A fixed map from UTF-8 text to a number, looked up without making a string. Immutable, thread safe.</summary>
internal sealed class Utf8Lookup
{
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> entries;

    public Utf8Lookup(Dictionary<string, int> numbers)
    {
        var dictionary = new Dictionary<byte[], int>(new Comparer());
        foreach (var (text, value) in numbers)
        {
            dictionary[Encoding.UTF8.GetBytes(text)] = value;
        }

        entries = dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Finds the number of a text.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, out int value) => entries.TryGetValue(text, out value);

    private sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // FNV-1a; keys come from the model's author, not from callers.
            var hash = 2166136261u;
            foreach (var value in alternate)
            {
                hash = (hash ^ value) * 16777619u;
            }

            return (int)hash;
        }

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);
    }
}
