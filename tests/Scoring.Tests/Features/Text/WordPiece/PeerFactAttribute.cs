using Scoring.Bench.Measuring;
using TestCommon;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>A fact about npm's tokenizer beside ours; skipped, with the reason, where npm cannot install it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Installation = new(() => TokenizerPeer.Install(Folder));

    /// <param name="shared">A file of <c>../shared</c> that the fact needs as well.</param>
    public PeerFactAttribute(string? shared = null) => Skip = (shared is null ? null : SharedData.ReasonToSkip(shared)) ?? Installation.Value;

    /// <summary>Where the package and its script lie.</summary>
    public static string Folder => Checkout.PathTo("bench", "peers", "tokenizer");
}
