using System.IO.Compression;
using System.Text;
using Scoring.Batch.Sources;

namespace Scoring.Tests.Batch.Sources;

public sealed class GunzipStreamTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"row {i * 7919 % 10_007}\n"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Read_Members_GivesTheTextOfAll(int members)
    {
        var packed = Enumerable.Repeat(Pack(Text), members).SelectMany(bytes => bytes).ToArray();

        Assert.Equal(string.Concat(Enumerable.Repeat(Text, members)), await UnpackAsync(packed));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.33)]
    [InlineData(0.5)]
    public async Task Read_CutPart_EndsEarlyAtTheOffset(double share) => await RefusesCutAsync((int)(Pack(Text).Length * share));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Read_CutTrailer_EndsEarlyAtTheOffset(int missing) => await RefusesCutAsync(Pack(Text).Length - missing);

    [Fact]
    public async Task Read_SecondMemberCut_EndsEarlyAtTheOffset()
    {
        var packed = Pack(Text);

        var exception = await Assert.ThrowsAsync<ScoringException>(() => UnpackAsync([.. packed, .. packed[..100]]));

        Assert.Contains($"ends early: expected more gzip data, found the end of the file at byte {packed.Length + 100}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WrongCheckSum_IsDamaged()
    {
        var packed = Pack(Text);
        packed[^6] ^= 1;

        var exception = await Assert.ThrowsAsync<ScoringException>(() => UnpackAsync(packed));

        Assert.Equal(ErrorCode.InvalidValue, exception.Code);
        Assert.Contains("is damaged", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_GarbageBehindTheLastMember_IsRefused()
    {
        var packed = Pack(Text);

        var exception = await Assert.ThrowsAsync<ScoringException>(() => UnpackAsync([.. packed, .. "garbage"u8]));

        Assert.Contains($"something else behind its gzip data: expected the end of the file or another gzip member at byte {packed.Length}", exception.Message, StringComparison.Ordinal);
    }

    private static async Task RefusesCutAsync(int length)
    {
        var exception = await Assert.ThrowsAsync<ScoringException>(() => UnpackAsync(Pack(Text)[..length]));

        Assert.Equal(ErrorCode.InvalidValue, exception.Code);
        Assert.Contains($"'inputs/x.gz' ends early: expected more gzip data, found the end of the file at byte {length} ", exception.Message, StringComparison.Ordinal);
    }

    private static byte[] Pack(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static async Task<string> UnpackAsync(byte[] packed)
    {
        await using var stream = new GunzipStream(new MemoryStream(packed), "inputs/x.gz");
        var text = new MemoryStream();
        await stream.CopyToAsync(text);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
