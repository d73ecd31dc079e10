using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Scoring;
using Scoring.Http;

namespace Functions.Tests.Http;

/// <summary>Bodies that come compressed.</summary>
public sealed class PackedBodyTests
{
    private const int MaxBytes = 1 << 20;

    private readonly BodyBudget budget = new(MaxBytes, 16 * MaxBytes);

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAsync_Packed_IsTheBodyUnpacked(string encoding)
    {
        var text = string.Concat(Enumerable.Repeat("{\"instances\":[1,2,3]}", 10_000));

        using var body = await RequestBody.ReadAsync(Request(Pack(Encoding.UTF8.GetBytes(text), encoding), encoding), budget, CancellationToken.None);

        Assert.Equal(text, Encoding.UTF8.GetString(body.Span));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAsync_PackedTensors_LieWhereTheyWouldUnpacked(string encoding)
    {
        byte[] bytes = [.. Enumerable.Range(0, 5000).Select(index => (byte)index)];
        var request = Request(Pack(bytes, encoding), encoding);
        request.ContentLength = request.Body.Length;

        using var body = await InferenceBody.ReadAsync(request, 100, budget, CancellationToken.None);

        Assert.Equal(bytes, body.Memory.Span.ToArray());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAsync_Bomb_IsTooLargeBeforeItIsUnpacked(string encoding)
    {
        var bomb = Pack(new byte[64 << 20], encoding);
        Assert.InRange(bomb.Length, 1, MaxBytes);

        var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(Request(bomb, encoding), budget, CancellationToken.None));

        Assert.Equal(ErrorCode.BodyTooLarge, refused.Code);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("br", true)]
    [InlineData("br", false)]
    public async Task ReadAsync_DamagedOrCut_IsInvalid(string encoding, bool isCut)
    {
        var whole = Pack([.. Enumerable.Range(0, 5000).Select(index => (byte)(index * index))], encoding);
        byte[] damaged = isCut ? whole[..(whole.Length / 2)] : [0x11, 0x11, 0x11, 0x11];

        var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(Request(damaged, encoding), budget, CancellationToken.None));

        Assert.Equal(ErrorCode.InvalidJson, refused.Code);
        Assert.Contains($"cannot be unpacked as '{encoding}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OtherEncoding_IsUnsupported()
    {
        var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(Request([1], "zstd"), budget, CancellationToken.None));

        Assert.Equal((ErrorCode.UnsupportedMediaType, "found the content encoding 'zstd'; expected gzip, br or none"), (refused.Code, refused.Message));
    }

    private static HttpRequest Request(byte[] body, string encoding)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.ContentEncoding = encoding;
        request.Body = new MemoryStream(body);
        return request;
    }

    private static byte[] Pack(byte[] bytes, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest) : new BrotliStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }
}
