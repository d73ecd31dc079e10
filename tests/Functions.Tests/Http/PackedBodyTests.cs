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

    [Theory]
    [InlineData("GZIP", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("identity, Gzip", "gzip")]
    [InlineData("BR", "br")]
    [InlineData("Identity", null)]
    [InlineData("", null)]
    public async Task ReadAsync_CodingInOtherLetters_IsThatCoding(string said, string? meant)
    {
        var text = "{\"instances\":[1,2,3]}"u8.ToArray();

        using var body = await RequestBody.ReadAsync(Request(meant is null ? text : Pack(text, meant), said), budget, CancellationToken.None);

        Assert.Equal(text, body.Span.ToArray());
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=UTF-8")]
    public void RequireJson_CharsetInQuotesOrOtherLetters_IsUtf8(string type)
    {
        var request = Request([], "");
        request.ContentType = type;

        MediaTypes.RequireJson(request);
    }

    [Fact]
    public async Task ReadAsync_SeveralMembers_AreOneBody()
    {
        byte[] members = [.. Pack("{\"instances\":"u8.ToArray(), "gzip"), .. Pack([], "gzip"), .. Pack("[1,2,3]}"u8.ToArray(), "gzip")];

        using var body = await RequestBody.ReadAsync(Request(members, "gzip"), budget, CancellationToken.None);

        Assert.Equal("{\"instances\":[1,2,3]}", Encoding.UTF8.GetString(body.Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    public async Task ReadAsync_LaterMemberIsCut_IsInvalid(int missing)
    {
        byte[] members = [.. Pack("{\"instances\":"u8.ToArray(), "gzip"), .. Pack("[1,2,3]}"u8.ToArray(), "gzip")];

        var refused = await Assert.ThrowsAsync<ScoringException>(async () => await RequestBody.ReadAsync(Request(members[..^missing], "gzip"), budget, CancellationToken.None));

        Assert.Equal(ErrorCode.InvalidJson, refused.Code);
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
