using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scoring;

/// <summary>Opens what a path names, so that it can be looked at before it is read: what was looked at by its path may be another file once it is opened. On Linux alone.</summary>
internal static partial class OpenedFile
{
    private const int CloseOnExecute = 0x8_0000;
    private const int NoWait = 0x800;
    private const int HoldOnly = 0x20_0000;

    // Two flags have other numbers where the processor is ARM or POWER.
    private static readonly bool IsOther = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le;
    private static readonly int FoldersOnly = IsOther ? 0x4000 : 0x1_0000;
    private static readonly int NoFollow = IsOther ? 0x8000 : 0x2_0000;

    /// <summary>A file, for reading; null where there is none, or what is no file. A FIFO is not waited for.</summary>
    public static SafeFileHandle? File(string path)
    {
        var file = Open(path, NoWait);
        if (file is not null && FileStatus.Of(file) is { Special: null })
        {
            return file;
        }

        file?.Dispose();
        return null;
    }

    /// <summary>A folder, by no link; null where there is none.</summary>
    public static SafeFileHandle? Folder(string path) => Open(path, FoldersOnly | NoFollow);

    /// <summary>Whatever a path names, held so that it can be looked at and not read: this waits for no writer of a FIFO and starts no device. Null where that fails; then the system says why.</summary>
    public static SafeFileHandle? Hold(string path) => Open(path, HoldOnly);

    private static SafeFileHandle? Open(string path, int flags)
    {
        var file = Open(path, flags | CloseOnExecute, 0);
        return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);
}
