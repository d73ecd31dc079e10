using System.Buffers;
using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>Answers of any size under construction.</summary>
public sealed class BoundedBytesTests
{
    private const int MaxKept = 1 << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    [InlineData(10_000_000)]
    public void Written_AnyCount_IsWhatWasWritten(int count)
    {
        var expected = new byte[count];
        new Random(count).NextBytes(expected);
        var bytes = new BoundedBytes(MaxKept);

        for (var time = 0; time < 3; time++)
        {
            Write(bytes, expected);

            Assert.True(expected.AsSpan().SequenceEqual(bytes.Written.ToArray()));
            bytes.Clear();
            Assert.True(bytes.Written.IsEmpty);
        }
    }

    [Fact]
    public void GetSpan_MoreThanAPartHolds_IsGranted()
    {
        var bytes = new BoundedBytes(MaxKept);
        Write(bytes, new byte[10]);

        var span = bytes.GetSpan(5_000_000);

        Assert.True(span.Length >= 5_000_000);
        Assert.Equal(10, bytes.Written.Length);
    }

    [Fact]
    public void GetMemory_PartOfAMegabyte_IsHandedOut32KiBAtATime()
    {
        // The writer of JSON fills what it is given before it asks again, and only then does its thread yield.
        var bytes = new BoundedBytes(MaxKept);
        Write(bytes, new byte[4_000_000]);

        Assert.InRange(bytes.GetMemory().Length, 1, 1 << 15);
        Assert.InRange(bytes.GetSpan().Length, 1, 1 << 15);
    }

    [Fact]
    public void Written_AnswerLikeTheOneBefore_IsInOnePart()
    {
        var bytes = new BoundedBytes(MaxKept);
        Write(bytes, new byte[100_000]);
        Assert.False(bytes.Written.IsSingleSegment);
        bytes.Clear();

        Write(bytes, new byte[100_000]);

        Assert.True(bytes.Written.IsSingleSegment);
    }

    [Fact]
    public void Written_LargeAnswersInTurn_LeaveNoGarbage()
    {
        var (bytes, answer) = (new BoundedBytes(MaxKept), new byte[10_000_000]);
        Write(bytes, answer);
        bytes.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(bytes, answer);
        bytes.Clear();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(3_000_000)]
    public void Advance_BeyondTheLimit_IsRefusedAndTheNextAnswerIsNot(int limit)
    {
        var bytes = new BoundedBytes(MaxKept) { MaxBytes = limit };

        Assert.Equal(ErrorCode.BodyTooLarge, Assert.Throws<ScoringException>(() => Write(bytes, new byte[limit + 1])).Code);

        bytes.Clear();
        Write(bytes, new byte[limit]);
        Assert.Equal(limit, bytes.Written.Length);
    }

    // As a writer of JSON does: it asks for some room and uses some of it.
    private static void Write(BoundedBytes bytes, byte[] all)
    {
        var done = 0;
        while (done < all.Length)
        {
            var room = bytes.GetSpan(Math.Min(256, all.Length - done));
            var count = Math.Min(room.Length, all.Length - done);
            all.AsSpan(done, count).CopyTo(room);
            bytes.Advance(count);
            done += count;
        }
    }
}
