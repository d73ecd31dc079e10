using System.Collections.Concurrent;

namespace Scoring.Serving.Isolation;

/// <summary>
/// The versions whose processes died too often here. They stay out until they are made live again, or this process ends: what killed them were requests, so it need not
/// be the package's fault on another instance. Thread safe.
/// </summary>
internal sealed class GivenUpVersions
{
    private readonly ConcurrentDictionary<string, (string? PointerTag, string Reason)> versions = new(StringComparer.Ordinal);

    /// <summary>Keeps a content out.</summary>
    /// <param name="contentHash">Of the package.</param>
    /// <param name="pointerTag">The live pointer that led to it; null for a version that a request named.</param>
    /// <param name="reason">Told to whoever asks for it.</param>
    public void Add(string contentHash, string? pointerTag, string reason) => versions[contentHash] = (pointerTag, reason);

    /// <summary>Why a content is kept out; null where it is not, or where another live pointer asks for another try.</summary>
    public string? Find(string contentHash, string? pointerTag)
    {
        if (!versions.TryGetValue(contentHash, out var found))
        {
            return null;
        }

        if (pointerTag is null || pointerTag == found.PointerTag)
        {
            return found.Reason;
        }

        versions.TryRemove(contentHash, out _);
        return null;
    }
}
