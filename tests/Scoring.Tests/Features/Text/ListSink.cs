using System.Text;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text;

/// <summary>Keeps every term as a vocabulary would write it, with its hash.</summary>
internal readonly struct ListSink(List<string> terms, List<ulong> hashes) : ITermSink
{
    public List<string> Terms { get; } = terms;

    public List<ulong> Hashes { get; } = hashes;

    public bool Add(ulong hash, TermKind kind, scoped ReadOnlySpan<byte> term)
    {
        Terms.Add((kind == TermKind.CharacterNgram ? "#" : "") + Encoding.UTF8.GetString(term));
        Hashes.Add(hash);
        return true;
    }
}
