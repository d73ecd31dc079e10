using System.Diagnostics;

namespace Scoring;

/// <summary>How the app ends a process that it started.</summary>
internal static class ChildProcess
{
    /// <summary>
    /// Kills it, and not what it started itself, which nothing here does: where .NET ends a tree it stops the process first and kills it later, and one whose parent ends in between stays stopped for good.
    /// </summary>
    public static void KillAlone(this Process process) => process.Kill();
}
