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

    // More than there are; the kernel takes 4,096.
    private const int MaxInstructions = 512;

    /// <summary>Sets the filter. No new privileges must have been asked for.</summary>
    public static bool TrySet(int processId)
    {
        // An array, since a list of them would be compiled anew at each start.
        var program = new Instruction[MaxInstructions];
        var count = Build(program, (uint)processId);
        fixed (Instruction* first = program)
        {
            var described = new Program { Count = (ushort)count, First = first };
            return Native.Call(Numbers.Seccomp, SetFilter, AllThreads | KeepSpeculation, (nint)(&described)) == 0;
        }
    }

    private static int Build(Instruction[] program, uint processId)
    {
        const uint refused = Refuse | Native.NotPermitted;
        var count = 0;
        Add(Load, Machine);
        Add(IfEqual, Numbers.IsArm ? MachineArm64 : MachineX64, then: 1);
        Add(Answer, refused);
        Add(Load, Number);
        if (!Numbers.IsArm)
        {
            Add(IfAtLeast, OtherConvention, otherwise: 1);
            Add(Answer, refused);
        }

        foreach (var call in DeniedCalls.Always)
        {
            AddAnswer(call, refused);
        }

        foreach (var call in DeniedCalls.UnlessOwn)
        {
            AddUnless(call, IfEqual, processId);
        }

        foreach (var call in DeniedCalls.UnlessCaller)
        {
            AddUnless(call, IfEqual, 0);
        }

        AddUnless(DeniedCalls.Clone, IfAnyBit, MakesThread);
        AddAnswer(DeniedCalls.Clone3, Refuse | Native.NoSuchCall);
        Add(Answer, Allow);
        return count;

        void Add(ushort code, uint value, byte then = 0, byte otherwise = 0) => program[count++] = new(code, value, then, otherwise);

        // So many instructions follow for the call; others leave them out. False where the processor has no such call.
        bool AddCall((ushort X64, ushort Arm64) call, byte length)
        {
            var number = Numbers.IsArm ? call.Arm64 : call.X64;
            if (number > 0)
            {
                Add(IfEqual, number, otherwise: length);
            }

            return number > 0;
        }

        void AddAnswer((ushort X64, ushort Arm64) call, uint answer)
        {
            if (AddCall(call, 1))
            {
                Add(Answer, answer);
            }
        }

        void AddUnless((ushort X64, ushort Arm64) call, ushort test, uint value)
        {
            if (AddCall(call, 4))
            {
                Add(Load, FirstArgument);
                Add(test, value, then: 1);
                Add(Answer, refused);
                Add(Answer, Allow);
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, uint value, byte then, byte otherwise)
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
