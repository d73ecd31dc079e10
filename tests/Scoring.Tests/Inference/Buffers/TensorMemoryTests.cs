using Scoring.Inference.Buffers;

namespace Scoring.Tests.Inference.Buffers;

/// <summary>Memory that is lent, small from the shared pool and large from the system.</summary>
public sealed class TensorMemoryTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1000, 77)]
    [InlineData(LargeBlocks.Least, 0)]
    [InlineData(LargeBlocks.Least, 77)]
    [InlineData(5_000_000, 1234)]
    public void Rent_AnySize_IsWhollyWritableAndAlignedWhereAsked(int length, int alignedAt)
    {
        using var memory = TensorMemory.Rent(length, alignedAt);

        memory.Span.Fill(7);

        Assert.Equal(length, memory.Span.Length);
        Assert.Equal(length, memory.Memory.Length);
        Assert.Equal(0, (memory.Address + alignedAt) % 64);
        Assert.Equal(-1, memory.Memory.Span.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Dispose_LargeBlock_IsLentAgainAndNeverTwiceAtOnce()
    {
        var seen = new HashSet<nint>();
        for (var round = 0; round < 20; round++)
        {
            using var first = TensorMemory.Rent(3 << 20);
            using var second = TensorMemory.Rent(3 << 20);
            first.Span.Fill(1);
            second.Span.Fill(2);
            Assert.Equal(-1, first.Span.IndexOfAnyExcept((byte)1));
            seen.UnionWith([first.Address, second.Address]);
        }

        // Other tests take blocks of the same size at times.
        Assert.InRange(seen.Count, 2, 20);
    }

    [Fact]
    public void Dispose_MoreThanIsKept_GoesBackToTheSystem()
    {
        const int Large = 200 << 20;
        var memory = TensorMemory.Rent(Large);
        memory.Span.Fill(1);
        var held = Environment.WorkingSet;

        memory.Dispose();

        Assert.InRange(held - Environment.WorkingSet, Large / 2, long.MaxValue);
    }

    [Fact]
    public void ShortenTo_Less_EndsThereAndNoMoreIsRefused()
    {
        using var memory = TensorMemory.Rent(100);

        memory.ShortenTo(10);

        Assert.Equal(10, memory.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ShortenTo(11));
    }

    [Fact]
    public void Dispose_Twice_GivesItBackOnce()
    {
        var memory = TensorMemory.Rent(3 << 20);
        memory.Dispose();
        memory.Dispose();

        using var first = TensorMemory.Rent(3 << 20);
        using var second = TensorMemory.Rent(3 << 20);
        Assert.NotEqual(first.Address, second.Address);
    }
}
