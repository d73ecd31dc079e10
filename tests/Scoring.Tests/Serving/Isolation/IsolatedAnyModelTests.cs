using Scoring.Tests.Protocol;

namespace Scoring.Tests.Serving.Isolation;

/// <summary>The same graphs, served from a process of their own: every type, sequences, maps and optionals pass.</summary>
public sealed class IsolatedAnyModelTests : AnyModelTests
{
    private protected override Scored Open(string package) => Scored.Of(IsolatedModel.Load(package));
}
