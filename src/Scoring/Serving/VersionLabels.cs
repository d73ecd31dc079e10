using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Scoring.Configuration;
using Scoring.Outcomes;
using Scoring.Repository;

namespace Scoring.Serving;

/// <summary>
/// Tells the labels of the versions that receipts name, and keeps them. Where the version's model.json has them, that file alone is read: outcomes of a version
/// that loads no more still count, and those of an old one take no memory. Otherwise the version is loaded, once. Thread safe.
/// </summary>
internal sealed class VersionLabels(ModelCatalog catalog, IPackageRepository repository) : IOutcomeVersions
{
    // A bound on memory, not a working set: what goes is found again.
    private const int MaxKept = 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Model, int Version), OutcomeVersion> kept = new();

    public async Task<OutcomeVersion> FindAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        var key = (receipt.Model, receipt.Version);
        if (kept.TryGetValue(key, out var known) && known.Content.StartsWith(receipt.Content, StringComparison.Ordinal))
        {
            return known;
        }

        var version = receipt.Version.ToString(CultureInfo.InvariantCulture);
        var found = await TryReadAsync(receipt, version, cancellationToken).ConfigureAwait(false) ?? await LoadAsync(receipt, version, cancellationToken).ConfigureAwait(false);
        if (kept.Count >= MaxKept)
        {
            kept.Clear();
        }

        return kept[key] = found;
    }

    private async Task<OutcomeVersion?> TryReadAsync(Receipt receipt, string version, CancellationToken cancellationToken)
    {
        if (await ManifestReader.TryReadAsync(repository, receipt.Model, version, cancellationToken).ConfigureAwait(false) is not { Manifest: { } manifest })
        {
            return null;
        }

        var content = manifest.ContentHash();
        if (!content.StartsWith(receipt.Content, StringComparison.Ordinal) || receipt.Task == ModelTask.Regression)
        {
            return new OutcomeVersion(content, []);
        }

        if (manifest.Files.FirstOrDefault(file => file.Path == ModelPackage.ConfigFile) is not { } file
            || await repository.OpenAsync(receipt.Model, version, file.Path, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        using (stream)
        {
            var json = await RepositoryAccess.ReachAsync(() => BoundedFile.ReadAsync(stream, BoundedFile.MaxConfig, cancellationToken), cancellationToken).ConfigureAwait(false);
            return json is not null && Convert.ToHexStringLower(SHA256.HashData(json)) == file.Sha256 && ModelConfigReader.Read(json).Labels is { Count: > 0 } labels
                ? new OutcomeVersion(content, labels)
                : null;
        }
    }

    private async Task<OutcomeVersion> LoadAsync(Receipt receipt, string version, CancellationToken cancellationToken)
    {
        using var lease = await catalog.LeaseForRequestAsync(receipt.Model, version, cancellationToken).ConfigureAwait(false);
        var labels = lease.Model.LabelNames ?? throw new ScoringException(
            ErrorCode.ModelUnavailable, $"The labels of '{receipt.Model}' are not known before its first prediction here. Score something, and send the outcomes again.")
        { RetryAfter = RetryAfter };
        return new OutcomeVersion(lease.Model.Package.ContentHash, labels);
    }
}
