using System.Text.Json.Nodes;
using Scoring.Tests.Protocol;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Features.Images;

public sealed class ImageFeatureTests : IDisposable
{
    // JPEG decoders may differ in the last bits of a colour's conversion; what is stored without loss may not differ at all.
    private const int JpegTolerance = 2;
    private const int ResizeTolerance = 1;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(PillowImages.Resized), MemberType = typeof(PillowImages))]
    public void Score_Stretched_HasThePixelsOfPillow(string filter, int width, int height, string expected)
    {
        using var model = Pixels(width, height, $""","filter":"{filter}" """);

        AssertNear(Convert.FromBase64String(expected), PixelsOf(model, PillowImages.Busy), ResizeTolerance);
    }

    [Fact]
    public void Score_CroppedFromItsShorterSide_HasThePixelsOfPillow()
    {
        using var model = Pixels(6, 6, ""","resize":"crop","shorterSide":8""");

        AssertNear(Convert.FromBase64String(PillowImages.Cropped), PixelsOf(model, PillowImages.Busy), ResizeTolerance);
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    public void Score_CroppedWithoutResizing_IsTheMiddle(string filter)
    {
        using var whole = Pixels(13, 9, "");
        var all = PixelsOf(whole, PillowImages.Busy);
        using var model = Pixels(5, 9, $""","resize":"crop","filter":"{filter}" """);
        using var tall = Pixels(13, 5, $""","resize":"crop","filter":"{filter}" """);

        Assert.Equal(Enumerable.Range(0, 9).SelectMany(y => all.Skip(((y * 13) + 4) * 3).Take(15)), PixelsOf(model, PillowImages.Busy));
        Assert.Equal(all.Skip(2 * 13 * 3).Take(5 * 13 * 3), PixelsOf(tall, PillowImages.Busy));
    }

    [Fact]
    public void Score_MadeToFit_IsPaddedOnBothSides()
    {
        using var stretched = Pixels(8, 6, "");
        using var model = Pixels(8, 8, ""","resize":"fit","pad":114""");

        var pixels = PixelsOf(model, PillowImages.Busy);

        var padding = Enumerable.Repeat(114, 8 * 3);
        Assert.Equal([.. padding, .. PixelsOf(stretched, PillowImages.Busy), .. padding], pixels);
    }

    [Theory]
    [MemberData(nameof(PillowImages.Files), MemberType = typeof(PillowImages))]
    public void Score_FileOfAnyKind_HasThePixelsOfPillow(string kind, int width, int height, string file, string expected)
    {
        using var model = Pixels(width, height, "");

        AssertNear(Convert.FromBase64String(expected), PixelsOf(model, Convert.FromBase64String(file)), kind.Contains("JPEG", StringComparison.Ordinal) ? JpegTolerance : 0);
    }

    [Fact]
    public void Score_NormalizedAndReordered_IsWhatTheModelWasTrainedOn()
    {
        GraphBuilder.Echo(DataType.Float, "rows", 3, "height", "width").Save(folder.PathTo("floats"));
        Write("floats", """{"features":[{"name":"photo","type":"image","width":2,"height":1,"color":"bgr","scale":0.5,"mean":[1,2,3],"std":[1,2,4]}]}""");
        using var model = Scored.Load(folder.PathTo("floats"));

        // Blue first: (blue / 2 - 3) / 4, then (green / 2 - 2) / 2, then red / 2 - 1.
        var answer = model.Score(Body(Png.Of(2, 10, 20, 30, 40, 50, 60)));

        Assert.Equal("[[[3,6.75]],[[4,11.5]],[[4,19]]]", answer["predictions"]![0]!["outputs"]!["y"]!.ToJsonString());
    }

    [Fact]
    public void Score_OneChannel_IsGrey()
    {
        GraphBuilder.Echo(DataType.Float, "rows", 1, 1, 2).Save(folder.PathTo("grey"));
        Write("grey", """{"features":[{"name":"photo","type":"image","scale":1}]}""");
        using var model = Scored.Load(folder.PathTo("grey"));

        Assert.Equal("[[[76,29]]]", model.Score(Body(Png.Of(2, 255, 0, 0, 0, 0, 255)))["predictions"]![0]!["outputs"]!["y"]!.ToJsonString());
    }

    [Fact]
    public void Score_DataUrlAndBareValue_AreTaken()
    {
        using var model = Pixels(1, 1, "");
        var png = Convert.ToBase64String(Png.Of(1, 1, 2, 3));

        var answer = model.Score($$"""{"instances":[{"photo":"data:image\/png;base64,{{png}}"},"{{png}}"]}""");

        Assert.Equal("""[{"outputs":{"y":[[[1,2,3]]]}},{"outputs":{"y":[[[1,2,3]]]}}]""", answer["predictions"]!.ToJsonString());
    }

    [Fact]
    public void Score_ImageThatSaysItIsHuge_IsRefusedByItsHeader() => Refused(Png.Claiming(10_000, 10_000), "found an image of 10000 x 10000 pixels; expected a JPEG, PNG or WebP image of at most 25000000 pixels");

    [Fact]
    public void Score_ImageThatIsCutOff_IsRefused()
    {
        var png = Png.Of(40, [.. Enumerable.Range(0, 40 * 40 * 3).Select(value => (byte)(value * 7))]);

        Refused(png[..(png.Length / 2)], "that is cut off or damaged");
    }

    [Fact]
    public void Score_AnotherFormat_IsRefusedByName() => Refused(Convert.FromBase64String(PillowImages.Gif), "found an image of the format Gif");

    [Fact]
    public void Score_BytesOfNoImage_AreRefused() => Refused([1, 2, 3], "found bytes that are no image");

    [Theory]
    [InlineData("""{"instances":[{"photo":"%"}]}""", "found a text that is no base64")]
    [InlineData("""{"instances":[{"photo":[1]}]}""", "found an array")]
    [InlineData("""{"instances":[{}]}""", "missing; expected a JPEG")]
    public void Score_NoImageAtAll_IsRefused(string body, string found)
    {
        using var model = Pixels(1, 1, "");

        Assert.Contains(found, model.Refused(body).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float32", 3, "", "it would be float32 or uint8 [rows, 3, height, width]")]
    [InlineData("uint8", 4, ""","mean":[1]""", "expected no \"scale\", \"mean\" or \"std\"")]
    [InlineData("uint8", 4, ""","width":7""", "whose width is 2; found 7 in model.json")]
    [InlineData("uint8", 4, ""","resize":"crop","shorterSide":1""", "expected a \"shorterSide\" of at least 2")]
    [InlineData("uint8", 4, ""","resize":"squeeze" """, "expected stretch, fit, crop")]
    [InlineData("uint8", 4, ""","std":[0]""", "expected numbers to divide by")]
    [InlineData("uint8", 4, ""","mean":[1,2]""", "found 2 numbers; expected 1, or 3")]
    [InlineData("float32", 4, "", "tells no width; expected \"width\" in model.json")]
    public void Load_WhatDoesNotFit_IsRefused(string type, int rank, string properties, string expected)
    {
        object?[] dimensions = rank == 3 ? ["rows", 2, 2] : type == "uint8" ? ["rows", 2, 2, 3] : ["rows", 3, "height", "width"];
        GraphBuilder.Echo(type == "uint8" ? DataType.Uint8 : DataType.Float, dimensions).Save(folder.PathTo("refused"));
        Write("refused", $$"""{"features":[{"name":"photo","type":"image"{{properties}}}]}""");

        Assert.Contains(expected, Assert.Throws<ScoringException>(() => Scored.Load(folder.PathTo("refused"))).Message, StringComparison.Ordinal);
    }

    private void Refused(byte[] file, string found)
    {
        using var model = Pixels(1, 1, "");

        var refused = model.Refused(Body(file));

        Assert.Equal(ErrorCode.InvalidValue, refused.Code);
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
    }

    // Gives back the pixels that it is given.
    private Scored Pixels(int width, int height, string properties)
    {
        var name = Guid.NewGuid().ToString("N");
        GraphBuilder.Echo(DataType.Uint8, "rows", height, width, 3).Save(folder.PathTo(name));
        Write(name, $$"""{"features":[{"name":"photo","type":"image"{{properties}}}]}""");
        return Scored.Load(folder.PathTo(name));
    }

    private void Write(string name, string config) => File.WriteAllText(folder.PathTo(name, "model.json"), config);

    private static string Body(byte[] file) => $$"""{"instances":[{"photo":"{{Convert.ToBase64String(file)}}"}]}""";

    private static int[] PixelsOf(Scored model, byte[] file) =>
        [.. model.Score(Body(file))["predictions"]![0]!["outputs"]!["y"]!.AsArray().SelectMany(row => row!.AsArray()).SelectMany(pixel => pixel!.AsArray()).Select(value => (int)value!)];

    private static void AssertNear(byte[] expected, int[] found, int tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        var worst = expected.Zip(found, (want, have) => Math.Abs(want - have)).Max();
        Assert.True(worst <= tolerance, $"a value is off by {worst}: found {string.Join(',', found.Take(30))}; expected {string.Join(',', expected.Take(30))}");
    }
}
