using System.Diagnostics;

namespace EndToEnd.Tests.Soak;

/// <summary>What a process holds: memory, handles, threads, and files that it made.</summary>
/// <param name="id">Of the process; on Linux.</param>
/// <param name="folders">Where it makes files: its temporary folder and its cache.</param>
internal sealed class SoakProcess(int id, params string[] folders)
{
    // As .NET names the threads of its pool that do what is queued.
    private const string Pooled = ".NET TP Worker";

    public SoakSample Take()
    {
        using var process = Process.GetProcessById(id);
        var threads = Directory.EnumerateDirectories($"/proc/{id}/task").Select(Name).ToList();
        var pooled = threads.Count(name => name == Pooled);
        return new(process.WorkingSet64, Count($"/proc/{id}/fd"), threads.Count - pooled, pooled, folders.Where(Directory.Exists).Sum(Files));
    }

    private static string Name(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).Trim();
        }
        catch (IOException)
        {
            // It ended while they were read.
            return "";
        }
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
