using System.Diagnostics;
using Scoring.Serving.Isolation;

namespace Scoring.Serving.Probing;

/// <summary>A folder of one child process's own, the only one that it may write to. Dispose it once the process is gone.</summary>
internal sealed class ScratchFolder : IDisposable
{
    /// <summary>Where it lies.</summary>
    public string Path { get; } = SocketFolder.Make();

    /// <summary>Where the process listens, if it does.</summary>
    public string Socket => SocketFolder.Path(Path);

    /// <summary>Starts a process in it.</summary>
    /// <param name="start">How to start the process, still without arguments of its own.</param>
    /// <param name="cage">How to wall it off; null for not at all.</param>
    /// <param name="arguments">What it is to do.</param>
    public void Give(ProcessStartInfo start, CageOrder? cage, IReadOnlyList<string> arguments)
    {
        ParentSecrecy.Ensure(cage is null ? CagePolicy.Off : CagePolicy.Auto);
        start.WorkingDirectory = Path;
        if (!OperatingSystem.IsWindows())
        {
            start.Environment["TMPDIR"] = Path;
        }

        foreach (var argument in (cage?.Write() ?? []).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => OwnFolder.Delete(Path);
}
