using Scoring.Outcomes.Reading;

namespace Scoring.Outcomes.Captures;

/// <summary>Where captured requests lie: <c>{model}/{version}/{day}/{name}.jsonl</c> below the container <c>captures</c>, or below the folder <c>_captures</c> among the models.</summary>
/// <param name="Store">Takes them; null where there is no storage.</param>
/// <param name="Files">Lists, reads and deletes them; null likewise.</param>
internal sealed record CaptureStorage(IOutcomeStore? Store, IOutcomeFiles? Files)
{
    /// <summary>The container's name.</summary>
    public const string Container = "captures";
}
