using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scoring;

/// <summary>What Linux tells of a file beyond what .NET does: whose it is, and whether it is a file at all.</summary>
/// <param name="Owner">The number of the user.</param>
/// <param name="Special">What it is where it is neither a file nor a folder; null where it is one of these.</param>
internal readonly partial record struct FileStatus(uint Owner, string? Special)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int OfDescriptor = 0x1000;
    private const uint WantType = 0x1;
    private const uint WantOwner = 0x8;

    private const int TypeMask = 0xF000;

    /// <summary>Looks at a file without opening it; null where there is none, and on other systems.</summary>
    /// <param name="path">The file.</param>
    /// <param name="followsLink">Whether a link is to be followed.</param>
    public static FileStatus? Of(string path, bool followsLink) =>
        OperatingSystem.IsLinux() && Read(CurrentDirectory, path, followsLink ? 0 : NoFollow, WantType | WantOwner, out var status) == 0
            ? new FileStatus(status.Owner, SpecialOf(status.Mode & TypeMask))
            : null;

    /// <summary>Looks at what is open; null on other systems.</summary>
    /// <param name="file">The open file.</param>
    public static FileStatus? Of(SafeHandle file) =>
        OperatingSystem.IsLinux() && Read((int)file.DangerousGetHandle(), "", OfDescriptor, WantType | WantOwner, out var status) == 0
            ? new FileStatus(status.Owner, SpecialOf(status.Mode & TypeMask))
            : null;

    private static string? SpecialOf(int type) => type switch
    {
        0x1000 => "a FIFO",
        0x2000 or 0x6000 => "a device",
        0xC000 => "a socket",
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(int directory, string path, int flags, uint mask, out Status status);

    // struct statx of Linux, the same on every processor.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
