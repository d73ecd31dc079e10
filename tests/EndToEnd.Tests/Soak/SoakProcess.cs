using System.Diagnostics;

namespace EndToEnd.Tests.Soak;

/// <summary>What a process holds: memory, handles, threads, and files that it made.</summary>
/// <param name="id">Of the process; on Linux.</param>
/// <param name="folders">Where it makes files: its temporary folder and its cache.</param>
internal sealed class SoakProcess(int id, params string[] folders)
{
    public SoakSample Take()
    {
        using var process = Process.GetProcessById(id);
        return new(process.WorkingSet64, Count($"/proc/{id}/fd"), Count($"/proc/{id}/task"), folders.Where(Directory.Exists).Sum(Files));
    }

    private static int Count(string folder) => Directory.EnumerateFileSystemEntries(folder).Count();

    private static int Files(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true }).Count();
        }
        catch (DirectoryNotFoundException)
        {
            // One went while they were counted.
            return 0;
        }
    }
}
