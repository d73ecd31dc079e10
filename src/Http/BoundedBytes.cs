using System.Buffers;
using System.Numerics;

namespace Scoring.Http;

/// <summary>
/// Growing bytes that refuse to grow beyond a limit, so that an answer without a bound costs no more memory than one that may be sent. What does not fit the first part goes into parts that are
/// lent by the shared pool: nothing is copied as they grow, and answers of megabytes leave no garbage for which every request would have to wait. The thread that writes one
/// yields its processor every 32 KiB: before it collects, the garbage collector waits for every thread that runs managed code, and a preempted one keeps it waiting until its next time slice; one that
/// yielded does not.
/// </summary>
/// <param name="maxKeptBytes">The first part grows to what was written last, and to no more than this.</param>
/// <param name="budget">What the other parts count on; that of the process where none is given.</param>
internal sealed class BoundedBytes(int maxKeptBytes, AnswerBudget? budget = null) : IBufferWriter<byte>
{
    private const int FirstBytes = 4096;
    private const int MaxPartBytes = 1 << 20;

    // Written between two yields.
    private const int BytesPerYield = 1 << 15;

    // The parts but the last one, and how many bytes of each are written.
    private readonly List<ReadOnlyMemory<byte>> full = [];
    private readonly List<byte[]> lent = [];
    private readonly AnswerBudget budget = budget ?? AnswerBudget.Shared;
    private byte[] first = new byte[FirstBytes];
    private byte[]? last;
    private int used;
    private long before;
    private long counted;
    private long nextYield = BytesPerYield;

    /// <summary>Most bytes.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    /// <summary>What was written; valid until it is cleared or more is written.</summary>
    public ReadOnlySequence<byte> Written => full.Count == 0 ? new(first, 0, used) : BytePart.Join(full, Last.AsMemory(0, used));

    private byte[] Last => last ?? first;

    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>: there are too many.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Last.Length - used);
        if (before + used + count > MaxBytes)
        {
            throw AnswerTooLarge.Of(MaxBytes);
        }

        used += count;
    }

    /// <exception cref="ScoringException"><see cref="ErrorCode.Overloaded"/>: other answers leave no room.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return Last.AsMemory(used, Math.Min(Last.Length - used, Math.Max(sizeHint, BytesPerYield)));
    }

    /// <inheritdoc cref="GetMemory"/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return Last.AsSpan(used, Math.Min(Last.Length - used, Math.Max(sizeHint, BytesPerYield)));
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        var written = before + used;
        if (full.Count > 0)
        {
            full.Clear();
            foreach (var part in lent)
            {
                ArrayPool<byte>.Shared.Return(part);
            }

            lent.Clear();
            budget.GiveBack(counted);
            counted = 0;
            last = null;
            before = 0;
            if (written <= maxKeptBytes)
            {
                first = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(written, FirstBytes))];
            }
        }

        used = 0;
        nextYield = BytesPerYield;
    }

    private void Reserve(int sizeHint)
    {
        if (before + used >= nextYield)
        {
            nextYield = before + used + BytesPerYield;
            Thread.Yield();
        }

        if (Last.Length - used >= Math.Max(1, sizeHint))
        {
            return;
        }

        var size = Math.Max(sizeHint, Math.Min(2 * Last.Length, MaxPartBytes));
        budget.Take(size, counted);
        counted += size;
        var part = ArrayPool<byte>.Shared.Rent(size);
        full.Add(Last.AsMemory(0, used));
        before += used;
        lent.Add(part);
        (last, used) = (part, 0);
    }

    /// <summary>One part of several, as a sequence links them.</summary>
    private sealed class BytePart : ReadOnlySequenceSegment<byte>
    {
        private BytePart(ReadOnlyMemory<byte> memory, long before) => (Memory, RunningIndex) = (memory, before);

        public static ReadOnlySequence<byte> Join(List<ReadOnlyMemory<byte>> full, ReadOnlyMemory<byte> last)
        {
            var first = new BytePart(full[0], 0);
            var end = first;
            foreach (var memory in full.Skip(1).Append(last))
            {
                var next = new BytePart(memory, end.RunningIndex + end.Memory.Length);
                end.Next = next;
                end = next;
            }

            return new ReadOnlySequence<byte>(first, 0, end, end.Memory.Length);
        }
    }
}
