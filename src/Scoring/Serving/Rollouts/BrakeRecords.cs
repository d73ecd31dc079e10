using Microsoft.Extensions.Logging;
using Scoring.Repository;
using Scoring.Serving.Probing;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// Brakes in the container <c>verdicts</c>, or for a folder without storage in its folder <c>.verdicts</c>; each is created once and never changed. What was seen is kept on this machine's disk as well,
/// so that a brake holds over a restart while the storage is away. Thread safe.
/// </summary>
internal sealed partial class BrakeRecords(VerdictContainer container, CacheFolder disk, string? folder, ILogger<BrakeRecords> log)
{
    /// <summary>The folder beside the models of a folder repository.</summary>
    public const string FolderName = ".verdicts";

    // A record has some hundred bytes, and a model some brakes.
    private const int MaxBytes = 16 << 10;
    private const int MaxListed = 10_000;

    /// <summary>The brake on a candidate that this machine's disk knows of, be it that others were told or not; null where it knows of none.</summary>
    public RolloutBrake? FindOnDisk(string model, string rollout, string version) =>
        Of(disk.TryReadRecord(DiskPath(RolloutBrake.PathOf(model, rollout, version))), rollout, version);

    /// <summary>The brake on a candidate that all are told of; null where there is none, or where nobody can be asked.</summary>
    public async Task<RolloutBrake?> FindAsync(string model, string rollout, string version, CancellationToken cancellationToken)
    {
        var path = RolloutBrake.PathOf(model, rollout, version);
        var brake = Of(await ReadAsync(path, cancellationToken).ConfigureAwait(false), rollout, version);
        if (brake is not null)
        {
            disk.TryWriteRecord(DiskPath(path), brake.ToJson());
        }

        return brake;
    }

    /// <summary>The brakes on versions of a model, of all its rollouts, the earliest first; none where nobody can be asked.</summary>
    public async Task<IReadOnlyList<RolloutBrake>> ListAsync(string model, CancellationToken cancellationToken)
    {
        var prefix = RolloutBrake.FolderOf(model);
        var brakes = new List<RolloutBrake>();
        foreach (var path in container.IsThere ? await container.ListAsync(prefix, cancellationToken).ConfigureAwait(false) : InFolder(prefix))
        {
            if (RolloutBrake.Read(await ReadAsync(path, cancellationToken).ConfigureAwait(false)) is { } brake)
            {
                brakes.Add(brake);
            }
        }

        return [.. brakes.OrderBy(brake => brake.At)];
    }

    /// <summary>Creates the record for all; the first one of several stays.</summary>
    /// <returns>The record that is there now; null where none could be written, which is to be tried again.</returns>
    public async Task<RolloutBrake?> CreateAsync(RolloutBrake brake, CancellationToken cancellationToken)
    {
        // The disk first: it is quick, and whoever is killed while the storage does not answer has seen nothing otherwise.
        disk.TryWriteRecord(DiskPath(brake.Path), brake.ToJson());
        if (!await WriteAsync(brake, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var shared = Of(await ReadAsync(brake.Path, cancellationToken).ConfigureAwait(false), brake.Rollout, brake.Version) ?? brake;
        if (shared != brake)
        {
            disk.TryWriteRecord(DiskPath(brake.Path), shared.ToJson());
        }

        return shared;
    }

    private async Task<bool> WriteAsync(RolloutBrake brake, CancellationToken cancellationToken)
    {
        if (container.IsThere)
        {
            return await container.CreateAsync(brake.Path, brake.ToJson(), cancellationToken).ConfigureAwait(false);
        }

        if (folder is null)
        {
            return true;
        }

        try
        {
            var path = Path.Combine(folder, brake.Path);
            FolderFile.MakeFolderOf(FolderFile.RootOf(folder), path);
            using var content = new MemoryStream(brake.ToJson());
            await AtomicFile.TryCreateAsync(path, content, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(Cause.Trace(e), brake.Path, Cause.Of(e));
            return false;
        }
    }

    private IReadOnlyList<string> InFolder(string prefix) =>
        folder is null || !Directory.Exists(Path.Combine(folder, prefix)) ? []
        : [.. Directory.EnumerateFiles(Path.Combine(folder, prefix), "*.json").Take(MaxListed).Select(path => prefix + Path.GetFileName(path))];

    private async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (container.IsThere)
        {
            return await container.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return folder is null ? null : await Task.Run(() => FolderFile.TryRead(FolderFile.RootOf(folder), Path.Combine(folder, path), path, MaxBytes), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PackageFaultException)
        {
            return null;
        }
    }

    private static string DiskPath(string path) => Path.Combine("verdicts", path);

    private static RolloutBrake? Of(byte[]? json, string rollout, string version) =>
        RolloutBrake.Read(json) is { } brake && brake.Rollout == rollout && brake.Version == version ? brake : null;

    [LoggerMessage(EventId = 2181, Level = LogLevel.Warning, Message = "The brake {Path} cannot be written for other instances and is tried again: {Cause}")]
    private partial void LogUnwritten(Exception? exception, string path, string cause);
}
