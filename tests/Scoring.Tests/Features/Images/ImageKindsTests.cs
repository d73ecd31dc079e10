using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features.Images;

/// <summary>Files of kinds that cameras, scanners and attackers make: each has the pixels that its own numbers say, or is refused by its header.</summary>
public sealed class ImageKindsTests : IDisposable
{
    private const int Width = 12;
    private const int Height = 8;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Score_GreyPng_HasTheSameInEveryChannel() =>
        Assert.Equal([7, 7, 7, 200, 200, 200], Pixels(Png.OfKind(2, 1, Png.Grey, depth: 8, 7, 200), 2, 1));

    [Fact]
    public void Score_GreyPngWithAlpha_KeepsTheColourOfWhatIsTransparent() =>
        Assert.Equal([7, 7, 7, 200, 200, 200], Pixels(Png.OfKind(2, 1, Png.GreyAlpha, depth: 8, 7, 0, 200, 255), 2, 1));

    [Fact]
    public void Score_PngWithAlpha_KeepsTheColourOfWhatIsTransparent() =>
        Assert.Equal([10, 20, 30, 40, 50, 60], Pixels(Png.OfKind(2, 1, Png.ColorAlpha, depth: 8, 10, 20, 30, 0, 40, 50, 60, 128), 2, 1));

    [Fact]
    public void Score_PngOfSixteenBits_IsTheNearestOfEight()
    {
        // 0x80FF of 0xFFFF is 128.5 of 255: either neighbour is as near.
        var pixels = Pixels(Png.OfKind(1, 1, Png.Color, depth: 16, 0xFF, 0xFF, 0x00, 0x00, 0x80, 0xFF), 1, 1);

        Assert.Equal([255, 0], pixels[..2]);
        Assert.InRange(pixels[2], 128, 129);
    }

    [Theory]
    [InlineData("stretch")]
    [InlineData("fit")]
    [InlineData("crop")]
    public void Score_OnePixel_FillsWhatTheModelTakes(string resize) =>
        Assert.Equal(Enumerable.Repeat(new[] { 1, 2, 3 }, 5 * 5).SelectMany(pixel => pixel), Pixels(Png.Of(1, 1, 2, 3), 5, 5, $""","resize":"{resize}","filter":"bicubic" """));

    // What each orientation of EXIF 2.3 says that the first row and the first column of the file are.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Score_JpegOfAnyOrientation_IsTurnedUpright(int orientation)
    {
        var file = PillowImages.FileOf("JPEG");
        var stored = Pixels(file, Width, Height);
        var isTurned = orientation >= 5;
        var (width, height) = isTurned ? (Height, Width) : (Width, Height);

        var upright = Pixels(Turned(file, orientation), width, height);

        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var (x, y) = (pixel % width, pixel / width);
            var (column, row) = orientation switch
            {
                1 => (x, y),
                2 => (Width - 1 - x, y),
                3 => (Width - 1 - x, Height - 1 - y),
                4 => (x, Height - 1 - y),
                5 => (y, x),
                6 => (y, Height - 1 - x),
                7 => (Width - 1 - y, Height - 1 - x),
                _ => (Width - 1 - y, x),
            };
            Assert.Equal(stored.Skip(((row * Width) + column) * 3).Take(3), upright.Skip(pixel * 3).Take(3));
        }
    }

    [Fact]
    public void Score_JpegThatSaysItIsHuge_IsRefusedByItsHeader()
    {
        // Start of frame: marker, length, bits, height, width.
        var file = PillowImages.FileOf("JPEG");
        var frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 10_000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 10_000);

        Assert.Contains("found an image of 10000 x 10000 pixels", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Score_WebPThatSaysItIsHuge_IsRefusedByItsHeader()
    {
        // VP8L: after the signature fourteen bits of width and fourteen of height, each less one.
        var file = PillowImages.FileOf("WebP");
        var signature = file.AsSpan().IndexOf("VP8L"u8) + 8;
        Assert.Equal(0x2F, file[signature]);
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(signature + 1)) & 0xF000_0000;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(signature + 1), bits | 9_999u | (9_999u << 14));

        Assert.Contains("found an image of 10000 x 10000 pixels", Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(25_000, 1000)]
    [InlineData(1, 16_385)]
    public void Score_SideThatIsTooLong_IsRefusedByItsHeader(int width, int height) =>
        Assert.Contains($"found an image of {width} x {height} pixels", Refusal(Png.Claiming(width, height)), StringComparison.Ordinal);

    [Fact]
    public void Score_PixelsWithinTheLimit_AreDecoded() => Assert.Equal([0, 0, 0], Pixels(Png.Of(5000, new byte[5000 * 300 * 3]), 1, 1));

    [Fact]
    public void Score_SeveralFaults_AreEachNamedWhereTheyAre()
    {
        using var model = Model(1, 1, "");

        var refused = model.Refused($$"""{"instances":[{"photo":"%"},{"photo":"{{Convert.ToBase64String(Png.Of(1, 1, 2, 3))}}"},{"photo":"{{Convert.ToBase64String(Png.Claiming(10_000, 10_000))}}"}]}""");

        Assert.Equal(["/instances/0/photo", "/instances/2/photo"], refused.Faults.Select(fault => fault.Pointer));
    }

    private string Refusal(byte[] file)
    {
        using var model = Model(1, 1, "");
        return model.Refused(Body(file)).Message;
    }

    private int[] Pixels(byte[] file, int width, int height, string properties = "")
    {
        using var model = Model(width, height, properties);
        return [.. model.Score(Body(file))["predictions"]![0]!["outputs"]!["y"]!.AsArray().SelectMany(row => row!.AsArray()).SelectMany(pixel => pixel!.AsArray()).Select(value => (int)value!)];
    }

    // Gives back the pixels that it is given.
    private Scored Model(int width, int height, string properties)
    {
        var package = folder.PathTo(Guid.NewGuid().ToString("N"));
        GraphBuilder.Echo(DataType.Uint8, "rows", height, width, 3).Save(package);
        File.WriteAllText(Path.Combine(package, "model.json"), $$"""{"features":[{"name":"photo","type":"image"{{properties}}}]}""");
        return Scored.Load(package);
    }

    private static string Body(byte[] file) => new JsonObject { ["instances"] = new JsonArray(new JsonObject { ["photo"] = Convert.ToBase64String(file) }) }.ToJsonString();

    // Behind the first marker a segment of EXIF with one entry: tag 0x112, a number of two bytes.
    private static byte[] Turned(byte[] jpeg, int orientation) =>
    [
        .. jpeg[..2],
        0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        .. jpeg[2..],
    ];
}
