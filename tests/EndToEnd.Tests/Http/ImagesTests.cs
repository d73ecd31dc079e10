using System.Net;
using System.Text.Json.Nodes;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>Images through the running app, as docs/images.md has them pasted.</summary>
public sealed class ImagesTests(ShapesApp shapes) : IClassFixture<ShapesApp>
{
    // float32 probabilities; processors differ in the last places.
    private static readonly PastedPage Page = new(Path.Combine("docs", "images.md"), 1e-4);

    [Fact]
    public async Task Commands_OfThePage_RunAsPastedInTheirOrder()
    {
        (string Command, string Answer)[] marks = [("image-request", "image-answer"), ("image-url", "image-url-answer"), ("image-wrong", "image-refusal"), ("image-job", "image-row")];

        var said = await Page.RunAsync([.. marks.Select(mark => mark.Command)], shapes.App, shapes.Storage.ConnectionString);

        Assert.All(marks, mark => Page.AssertSays(mark.Answer, said[mark.Command].Split('\n')[^1]));
    }

    [Theory]
    [InlineData("circle.png", "circle")]
    [InlineData("square.webp", "square")]
    [InlineData("triangle.jpg", "triangle")]
    public async Task Score_PictureOfTheSample_IsNamedInBase64AndAsADataUrl(string file, string shape)
    {
        var base64 = Convert.ToBase64String(await File.ReadAllBytesAsync(Checkout.PathTo("samples", "shapes", "pictures", file)));

        var (status, answer) = await AskAsync($$"""{"instances":[{"picture":"{{base64}}"},{"picture":"data:image/any;base64,{{base64}}"}]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([shape, shape], answer["predictions"]!.AsArray().Select(prediction => (string?)prediction!["label"]));
    }

    [Fact]
    public async Task Score_WrongFiles_EachGetASentence()
    {
        var png = await File.ReadAllBytesAsync(Checkout.PathTo("samples", "shapes", "pictures", "circle.png"));
        (string Value, string Found)[] wrong =
        [
            ("not base64 at all", "found a text that is no base64"),
            ("", "found bytes that are no image"),
            (Convert.ToBase64String("<svg xmlns='http://www.w3.org/2000/svg'/>"u8), "found bytes that are no image"),
            (Convert.ToBase64String(png.AsSpan(0, png.Length / 2)), "found an image of the format Png that is cut off or damaged"),
            (Convert.ToBase64String(Png.Claiming(10_000, 10_000)), "found an image of 10000 x 10000 pixels"),
        ];

        var (status, answer) = await AskAsync(new JsonObject { ["instances"] = new JsonArray([.. wrong.Select(item => new JsonObject { ["picture"] = item.Value })]) }.ToJsonString());

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value"), (status, (string?)answer["code"]));
        var errors = answer["errors"]!.AsArray();
        Assert.Equal(wrong.Length, errors.Count);
        for (var index = 0; index < wrong.Length; index++)
        {
            Assert.Equal($"/instances/{index}/picture", (string?)errors[index]!["pointer"]);
            Assert.StartsWith($"{wrong[index].Found}; expected a JPEG, PNG or WebP image", (string?)errors[index]!["detail"], StringComparison.Ordinal);
        }
    }

    private async Task<(HttpStatusCode Status, JsonNode Answer)> AskAsync(string body)
    {
        using var answer = await shapes.App.PostAsync("api/score/shapes", body);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
