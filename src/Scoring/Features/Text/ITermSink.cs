namespace Scoring.Features.Text;

/// <summary>Takes the terms of a text as <see cref="TermScanner"/> finds them.</summary>
public interface ITermSink
{
    /// <summary>Takes one term; false ends the scan.</summary>
    /// <param name="hash">The term's <see cref="TermHash"/>.</param>
    /// <param name="kind">What it is made of.</param>
    /// <param name="term">Its UTF-8 bytes, valid during the call only.</param>
    bool Add(ulong hash, TermKind kind, scoped ReadOnlySpan<byte> term);
}
