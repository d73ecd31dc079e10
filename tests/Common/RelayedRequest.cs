namespace TestCommon;

/// <summary>A request on its way through a <see cref="RelayPort"/>. Two that are alike are two.</summary>
/// <param name="line">Its method and path.</param>
public sealed class RelayedRequest(string line)
{
    /// <summary>Method and path with its query, such as <c>PUT /account/models/m/live.json</c>.</summary>
    public string Line { get; } = line;
}
