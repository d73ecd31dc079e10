using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Probe.Caging;

/// <summary>
/// Becomes a user that no other process is, where this one is root. What it may read is not for the user to say but for <see cref="FileRules"/>, so it keeps that one right of root's: the
/// disk cache, where packages lie, belongs to the app's user alone.
/// </summary>
internal static unsafe class OwnUser
{
    // The numbers that systemd keeps for users of a moment.
    private const int First = 61184, Count = 4336;

    private const int KeepRights = 8;
    private const uint RightsVersion = 0x2008_0522;
    private const uint ReadEverything = 1 << 2;

    /// <summary>Becomes another user on every thread.</summary>
    /// <param name="processId">Chooses the user, so that two such processes are two users.</param>
    /// <param name="own">Folders that are given to it.</param>
    public static bool TryBecome(int processId, IEnumerable<string> own)
    {
        var user = (uint)(First + (processId % Count));
        foreach (var folder in own)
        {
            fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0'))
            {
                if (Native.Call(Numbers.Own, -100, (nint)path, (nint)user, (nint)user, 0) != 0)
                {
                    return false;
                }
            }
        }

        if (Native.Call(Numbers.Prctl, KeepRights, 1) != 0 || Native.SetGroups(0, null) != 0 || Native.SetGroup(user, user, user) != 0 || Native.SetUser(user, user, user) != 0)
        {
            return false;
        }

        var head = new Head { Version = RightsVersion };
        var rights = stackalloc uint[6];
        new Span<uint>(rights, 6).Clear();

        // Effective and permitted; what a program started from here would inherit stays none.
        (rights[0], rights[1]) = (ReadEverything, ReadEverything);
        return Native.Call(Numbers.SetCapabilities, (nint)(&head), (nint)rights) == 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Head
    {
        public uint Version;
        public int ProcessId;
    }
}
