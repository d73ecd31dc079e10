using System.Runtime.InteropServices;

namespace Scoring.Probe.Caging;

/// <summary>Has the kernel refuse <see cref="DeniedCalls"/> to every thread of this process, by a filter (seccomp) that cannot be taken back.</summary>
internal static unsafe class CallFilter
{
    // Instructions of the filter's language (classic BPF): load a word of the call, compare it, answer.
    private const ushort Load = 0x20, IfEqual = 0x15, IfAtLeast = 0x35, IfAnyBit = 0x45, Answer = 0x06;
    private const uint Allow = 0x7FFF_0000, Refuse = 0x0005_0000;

    // Where a word lies in what the kernel shows of a call.
    private const uint Number = 0, Machine = 4, FirstArgument = 16;

    private const uint MachineX64 = 0xC000_003E, MachineArm64 = 0xC000_00B7;

    // Calls by the 32-bit convention of x64 have this bit set.
    private const uint OtherConvention = 0x4000_0000;
    private const uint MakesThread = 0x0001_0000;

    private const int SetFilter = 1;

    // For all threads at once, and without the brake on speculation that older kernels pull, which makes models slower.
    private const int AllThreads = 1, KeepSpeculation = 4;

    /// <summary>Sets the filter. No new privileges must have been asked for.</summary>
    public static bool TrySet(int processId)
    {
        var program = Build((uint)processId);
        fixed (Instruction* first = program)
        {
            var described = new Program { Count = (ushort)program.Length, First = first };
            return Native.Call(Numbers.Seccomp, SetFilter, AllThreads | KeepSpeculation, (nint)(&described)) == 0;
        }
    }

    private static Instruction[] Build(uint processId)
    {
        const uint refused = Refuse | Native.NotPermitted;
        var program = new List<Instruction>
        {
            new(Load, Machine),
            new(IfEqual, Numbers.IsArm ? MachineArm64 : MachineX64, then: 1),
            new(Answer, refused),
            new(Load, Number),
        };
        if (!Numbers.IsArm)
        {
            program.AddRange([new(IfAtLeast, OtherConvention, otherwise: 1), new(Answer, refused)]);
        }

        foreach (var call in DeniedCalls.Always)
        {
            If(call, new Instruction(Answer, refused));
        }

        foreach (var call in DeniedCalls.UnlessOwn)
        {
            IfNot(call, new(IfEqual, processId, then: 1));
        }

        foreach (var call in DeniedCalls.UnlessCaller)
        {
            IfNot(call, new(IfEqual, 0, then: 1));
        }

        IfNot(DeniedCalls.Clone, new(IfAnyBit, MakesThread, then: 1));
        If(DeniedCalls.Clone3, new Instruction(Answer, Refuse | Native.NoSuchCall));
        program.Add(new(Answer, Allow));
        return [.. program];

        void If((ushort X64, ushort Arm64) call, params ReadOnlySpan<Instruction> then)
        {
            var number = Numbers.IsArm ? call.Arm64 : call.X64;
            if (number > 0)
            {
                program.Add(new(IfEqual, number, otherwise: (byte)then.Length));
                program.AddRange(then);
            }
        }

        void IfNot((ushort X64, ushort Arm64) call, Instruction passes) => If(call, new(Load, FirstArgument), passes, new(Answer, refused), new(Answer, Allow));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, uint value, byte then = 0, byte otherwise = 0)
    {
        // How many instructions to leave out next.
        private readonly ushort code = code;
        private readonly byte then = then;
        private readonly byte otherwise = otherwise;
        private readonly uint value = value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Count;
        public Instruction* First;
    }
}
