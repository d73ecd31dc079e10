using System.Buffers.Binary;
using System.Globalization;

namespace Scoring.Probe.Caging;

/// <summary>
/// Binds the threads that run already to <see cref="FileRules"/>, as those of the runtime: code of a package shares their memory, and could act on one that is free. The kernel binds
/// only the thread that asks. So each is sent a signal whose handler asks. The handler is machine code, since managed code cannot run wherever a signal meets a thread.
/// </summary>
internal static unsafe class EveryThread
{
    // A real-time signal that neither the runtime (34, 35) nor the C library (32, 33) uses.
    private const int Signal = 50;
    private const int Restart = 0x1000_0000;

    private const int Private = 2, Anonymous = 0x20, ReadWrite = 3, ReadExecute = 5;
    private const int Page = 65536;
    private const int FlagsAt = 136, ActionBytes = 152;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Binds every thread but the calling one.</summary>
    /// <returns>False where one may have been left out.</returns>
    public static bool TryBind(int ruleset, int processId)
    {
        var memory = Native.Call(Numbers.Map, 0, 2 * Page, ReadWrite, Private | Anonymous, -1);
        if (memory is -1)
        {
            return false;
        }

        // The code in the first page, the count of threads bound in the second, which stays writable.
        var count = (int*)(memory + Page);
        (Numbers.IsArm ? Arm64(ruleset, (ulong)count) : X64(ruleset, (ulong)count)).CopyTo(new Span<byte>((void*)memory, Page));
        var action = stackalloc byte[ActionBytes];
        new Span<byte>(action, ActionBytes).Clear();
        *(nint*)action = memory;
        *(int*)(action + FlagsAt) = Restart;
        if (Native.Call(Numbers.Protect, memory, Page, ReadExecute) != 0 || Native.SetSignal(Signal, action, null) != 0)
        {
            return false;
        }

        var self = (int)Native.Call(Numbers.ThreadId);
        var asked = new HashSet<int> { self };

        // Until a look finds no thread that was not asked: one that is free may have started another.
        for (var isNew = true; isNew;)
        {
            isNew = false;
            foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
            {
                var thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
                if (asked.Add(thread))
                {
                    isNew = true;
                    var before = Volatile.Read(ref *count);
                    if (Native.Call(Numbers.SignalThread, processId, thread, Signal) == 0 && !SpinWait.SpinUntil(() => Volatile.Read(ref *count) != before || !Directory.Exists(task), Patience))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    // Asks the kernel, and counts where it agreed.
    private static byte[] X64(int ruleset, ulong count)
    {
        byte[] code =
        [
            0xBF, 0, 0, 0, 0, //                      mov edi, ruleset
            0x31, 0xF6, //                            xor esi, esi
            0xB8, 0xBE, 0x01, 0, 0, //                mov eax, 446 (landlock_restrict_self)
            0x0F, 0x05, //                            syscall
            0x85, 0xC0, //                            test eax, eax
            0x75, 0x0D, //                            jnz the end
            0x48, 0xB9, 0, 0, 0, 0, 0, 0, 0, 0, //    mov rcx, count
            0xF0, 0xFF, 0x01, //                      lock inc dword [rcx]
            0xC3, //                                  ret
        ];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(1), ruleset);
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(20), count);
        return code;
    }

    private static byte[] Arm64(int ruleset, ulong count)
    {
        uint[] code =
        [
            0x5280_0000 | ((uint)ruleset << 5), //    mov  w0, ruleset
            0xD280_0001, //                           mov  x1, 0
            0x5280_37C8, //                           mov  w8, 446 (landlock_restrict_self)
            0xD400_0001, //                           svc  0
            0x3500_00C0, //                           cbnz w0, the end
            0x5800_00C9, //                           ldr  x9, count, which lies behind the code
            0x885F_7D2A, //                           ldxr w10, [x9]
            0x1100_054A, //                           add  w10, w10, 1
            0x880B_7D2A, //                           stxr w11, w10, [x9]
            0x35FF_FFAB, //                           cbnz w11, the load
            0xD65F_03C0, //                           ret
            (uint)count,
            (uint)(count >> 32),
        ];
        var bytes = new byte[code.Length * sizeof(uint)];
        Buffer.BlockCopy(code, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
