namespace Scoring.Repository;

/// <summary>
/// The files of a package that lies in a folder of this machine. A package is what its own folder holds: a link that leaves it would have this process
/// read, and a model answer with, any file that the process may read. Names that no package can have are skipped, hidden ones among them.
/// </summary>
internal static class PackageFolder
{
    /// <summary>Folders within folders.</summary>
    public const int MaxDepth = 16;

    // Files that count, and what is skipped beside them.
    private const int MaxEntries = 10 * PackageManifest.MaxFiles;

    /// <summary>Every file, by its path with forward slashes; none where there is no such folder. A link is followed to the file that it means.</summary>
    /// <exception cref="PackageFaultException">It has too many files or folders, a link to a folder, a link that leaves it, or what is no file.</exception>
    /// <param name="folder">The package.</param>
    /// <param name="isWhole">True to refuse names that no package can have: what is opened where it lies can read them.</param>
    public static IReadOnlyList<(string Path, FileInfo File)> Files(string folder, bool isWhole = false)
    {
        var root = new DirectoryInfo(RealPath.Of(folder));
        var files = new List<(string Path, FileInfo File)>();
        if (root.Exists)
        {
            var entries = 0;
            Walk(root, root.FullName, "", depth: 0, isWhole, files, ref entries);
        }

        return files;
    }

    /// <summary>The file that a path of the package means.</summary>
    /// <exception cref="PackageFaultException">The path or a link on it leaves the package, or leads to what is no file.</exception>
    public static string Resolve(string folder, string path)
    {
        var root = RealPath.Of(folder);
        var real = PackageNames.IsPath(path) ? Follow(Path.Combine(root, path), path) : "";
        return RealPath.IsInside(real, root) ? RequireFile(real, path) : throw Leaves(path);
    }

    /// <summary>Where a path leads once its links are followed.</summary>
    /// <exception cref="PackageFaultException">They go round in a circle.</exception>
    public static string Follow(string path, string name)
    {
        try
        {
            return RealPath.Of(path);
        }
        catch (IOException e)
        {
            throw new PackageFaultException($"'{name}' is a link that leads back to itself.", e);
        }
    }

    private static void Walk(DirectoryInfo directory, string root, string prefix, int depth, bool isWhole, List<(string Path, FileInfo File)> files, ref int entries)
    {
        if (depth > MaxDepth)
        {
            throw new PackageFaultException($"'{prefix}' lies deeper than {MaxDepth} folders, which no package does.");
        }

        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (++entries > MaxEntries)
            {
                throw new PackageFaultException($"The folder holds more than {MaxEntries} entries, hidden ones included: it is no package.");
            }

            var path = prefix + entry.Name;
            if (!PackageNames.IsPath(path))
            {
                if (isWhole)
                {
                    throw new PackageFaultException($"The folder holds '{path}', a name that no file of a package has.");
                }

                continue;
            }

            var isLink = entry.LinkTarget is not null;
            if (!isLink && entry is DirectoryInfo inner)
            {
                Walk(inner, root, $"{path}/", depth + 1, isWhole, files, ref entries);
                continue;
            }

            var file = isLink ? Linked(entry, path, root) : (FileInfo)entry;
            RequireFile(file.FullName, path);
            files.Add((path, file));
            if (files.Count > PackageManifest.MaxFiles + 1)
            {
                throw new PackageFaultException($"The folder holds more than {PackageManifest.MaxFiles} files, which is the most that a package may have.");
            }
        }
    }

    private static FileInfo Linked(FileSystemInfo entry, string path, string root)
    {
        var real = Follow(entry.FullName, path);
        if (!RealPath.IsInside(real, root))
        {
            throw Leaves(path);
        }

        // A linked folder may hold itself, and would hold its files twice.
        return File.Exists(real) ? new FileInfo(real) : throw new PackageFaultException($"'{path}' is a link to {(Directory.Exists(real) ? "a folder" : "nothing")}; expected a file of the package.");
    }

    // To open a FIFO is to wait for who writes to it, and some devices never end.
    private static string RequireFile(string real, string path) =>
        FileStatus.Of(real, followsLink: false) is { Special: { } special } ? throw new PackageFaultException($"'{path}' is {special}; expected a file.") : real;

    private static PackageFaultException Leaves(string path) =>
        new($"'{path}' leaves the package: expected a file in the package's own folder. Where it is a link, put the file itself in its place (cp -L).");
}
