using ModelTool.Training.Fitting;
using Scoring.Features.Text.HuggingFace;

namespace Scoring.Tests.Features.Text.HuggingFace;

public sealed class CharsmapCheckTests
{
    private static readonly byte[] Whole = Charsmap.Compile([("ﬁ", "fi"), ("½", "1/2"), ("Å", "Å"), ("\t", " ")]);

    [Fact]
    public void Fault_MapsAsTheyAreCompiled_None()
    {
        Assert.Null(CharsmapCheck.Fault(Whole));
        Assert.Null(CharsmapCheck.Fault(Charsmap.Nfkc()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Fault_CutMap_IsFound(int length) => Assert.NotNull(CharsmapCheck.Fault(Whole.AsSpan(0, length)));

    [Theory]
    [InlineData(1u << 30, "found a way to the unit")]
    [InlineData(0x80000000u, null)]
    public void Fault_RootThatLeadsOut_IsFound(uint root, string? fault)
    {
        var map = (byte[])Whole.Clone();
        BitConverter.TryWriteBytes(map.AsSpan(4), root);

        Assert.StartsWith(fault ?? "", CharsmapCheck.Fault(map) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_LeafThatLeadsOut_IsFound()
    {
        var map = (byte[])Whole.Clone();
        for (var unit = 4; unit < map.Length - 16; unit += 4)
        {
            if (map[unit + 3] == 0x80)
            {
                map[unit + 2] = 0xFF;
            }
        }

        Assert.StartsWith("found a leaf that leads to the byte", CharsmapCheck.Fault(map), StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_LeafInsideACharacter_IsFound()
    {
        var map = Charsmap.Compile([("a", "ß")]);
        var leaf = Enumerable.Range(0, (map.Length - 8) / 4).Select(unit => 4 + (4 * unit)).First(unit => map[unit + 3] == 0x80);
        map[leaf] = 1;

        Assert.StartsWith("found a leaf that leads to the byte 1 of", CharsmapCheck.Fault(map), StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_AnyDamage_NeverThrows()
    {
        var random = new SeededRandom(3);
        for (var round = 0; round < 2000; round++)
        {
            var map = (byte[])Whole.Clone();
            for (var count = 1 + random.Next(6); count > 0; count--)
            {
                map[random.Next(map.Length)] = (byte)random.Next(0x100);
            }

            CharsmapCheck.Fault(map);
        }
    }
}
