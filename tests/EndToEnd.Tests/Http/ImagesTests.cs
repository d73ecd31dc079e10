using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestCommon;

namespace EndToEnd.Tests.Http;

/// <summary>Images through the running app, as docs/images.md has them pasted.</summary>
public sealed class ImagesTests(ShapesApp shapes) : IClassFixture<ShapesApp>
{
    /// <summary>float32 probabilities; processors differ in the last places.</summary>
    private const double Tolerance = 1e-4;

    private static readonly string Page = File.ReadAllText(Checkout.PathTo("docs", "images.md"));

    /// <summary>In their order, in one shell that stands in the folder of the clone; the test's own app takes the place of the one on port 7071, and its own storage that of the emulator.</summary>
    [Fact]
    public async Task Commands_OfThePage_RunAsPastedInTheirOrder()
    {
        using var clone = new TemporaryFolder();
        Directory.CreateDirectory(clone.PathTo(".dev"));
        await File.WriteAllTextAsync(clone.PathTo(".dev", "function-key"), RunningApp.FunctionKey);
        File.Copy(Checkout.PathTo("dev"), clone.PathTo("dev"));
        await File.WriteAllTextAsync(clone.PathTo("dev"), $"#!/bin/bash\nexec '{Checkout.PathTo("dev")}' \"$@\"\n");
        Directory.CreateSymbolicLink(clone.PathTo("samples"), Checkout.PathTo("samples"));
        (string Command, string Answer)[] marks = [("image-request", "image-answer"), ("image-url", "image-url-answer"), ("image-wrong", "image-refusal"), ("image-job", "image-row")];
        var script = $"cd '{clone.Root}'\n" + string.Join("\n", marks.Select(mark => $"{Block(mark.Command)}\necho; echo '== ended'"));
        await File.WriteAllTextAsync(clone.PathTo("pasted.sh"), script.Replace("http://127.0.0.1:7071/", shapes.App.Client.BaseAddress!.ToString(), StringComparison.Ordinal));

        var run = await Dev.DevCommand.RunAsync(clone.PathTo("pasted.sh"), [], new() { ["Storage"] = shapes.Storage.ConnectionString });

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var said = run.Output.Split("\n== ended\n");
        for (var index = 0; index < marks.Length; index++)
        {
            AssertSame(JsonNode.Parse(Block(marks[index].Answer))!, JsonNode.Parse(said[index].Trim().Split('\n')[^1])!);
        }
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

    private static string Block(string mark) => Regex.Match(Page, $"<!-- {mark} -->\\s*```\\w*\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Trim();

    private static void AssertSame(JsonNode expected, JsonNode actual)
    {
        if (expected is JsonObject properties)
        {
            Assert.Equal(properties.Select(property => property.Key), actual.AsObject().Select(property => property.Key));
            Assert.All(properties, property => AssertSame(property.Value!, actual[property.Key]!));
        }
        else if (expected is JsonArray items)
        {
            Assert.Equal(items.Count, actual.AsArray().Count);
            Assert.All(Enumerable.Range(0, items.Count), index => AssertSame(items[index]!, actual[index]!));
        }
        else if (expected.GetValueKind() == System.Text.Json.JsonValueKind.Number)
        {
            Assert.Equal((double)expected, (double)actual, Tolerance);
        }
        else
        {
            Assert.Equal((string?)expected, (string?)actual);
        }
    }
}
