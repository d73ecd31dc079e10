namespace Scoring.Repository;

/// <summary>Files that other processes see whole or not at all.</summary>
internal static class AtomicFile
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Replaces a file.</summary>
    /// <param name="path">In a folder that exists.</param>
    /// <param name="content">All of it.</param>
    /// <param name="isDurable">True to flush it to the disk before it takes the name; without that, a machine that loses power may keep an empty file.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isDurable = true)
    {
        var temporary = TemporaryBeside(path);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                file.Write(content);
                file.Flush(flushToDisk: isDurable);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            OwnFolder.Delete(temporary);
            throw;
        }
    }

    /// <summary>Creates a file unless one of that name exists.</summary>
    /// <returns>False when one exists; it is left as it is.</returns>
    public static async Task<bool> TryCreateAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return false;
        }

        var temporary = TemporaryBeside(path);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            OwnFolder.Delete(temporary);
        }
    }

    /// <summary>Holds a lock between processes of this machine until disposed.</summary>
    /// <exception cref="IOException">It was not free within <paramref name="wait"/>.</exception>
    public static async Task<IDisposable> LockAsync(string path, TimeSpan wait, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += LockPoll)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (waited < wait)
            {
                await Task.Delay(LockPoll, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Hidden, so that a listing that runs meanwhile does not take it for a file of the package.
    private static string TemporaryBeside(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
}
