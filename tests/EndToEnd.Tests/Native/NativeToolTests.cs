using System.Diagnostics;
using Azure.Storage.Blobs;
using TestCommon;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Native;

/// <summary>The model tool as one native file: the tests of the tool once more, against it, and its answers beside those of the tool that .NET compiles while it runs.</summary>
[Trait("Category", "Proof")]
[Collection(nameof(NativeFile))]
public sealed class NativeToolTests(NativeTool tool, Azurite azurite, ITestOutputHelper output) : IClassFixture<NativeTool>, IClassFixture<Azurite>, IDisposable
{
    private static readonly string Package = Checkout.PathTo("samples", "intent", "package");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folder_AsPublished_HoldsTheFileAndNativeLibraries() => Assert.All(
        Directory.EnumerateFileSystemEntries(tool.Folder).Select(Path.GetFileName),
        name => Assert.True(name is "model" || name!.EndsWith(".so", StringComparison.Ordinal), name));

    [Theory]
    [InlineData("Scoring.Tests", "Scoring.Tests.Tooling.")]
    [InlineData("EndToEnd.Tests", "EndToEnd.Tests.Life.ModelToolTests")]
    [InlineData("EndToEnd.Tests", "EndToEnd.Tests.Batch.JobRunTests")]
    [InlineData("EndToEnd.Tests", "EndToEnd.Tests.Outcomes.StoryTests")]
    public async Task Tests_AgainstTheNativeFile_Pass(string project, string tests)
    {
        var counts = await TestRun.PassAsync(project, $"Category!=Proof&FullyQualifiedName~{tests}", ModelToolProcess.NativeFile, tool.Path);
        output.WriteLine($"{tests}: {counts}");
    }

    [Fact]
    public async Task Help_OfEveryVerb_IsTheSame()
    {
        var help = await SameAsync("--help");
        var verbs = help.Split('\n').SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Trim().Split(' ')[0]).ToArray();

        Assert.Contains("publish", verbs);
        Assert.Contains("advise", verbs);
        foreach (var verb in verbs)
        {
            await SameAsync(verb, "--help");
        }

        output.WriteLine($"The help of {verbs.Length} verbs.");
    }

    [Fact]
    public async Task Verb_OnTheSameModel_AnswersTheSame()
    {
        var repository = folder.PathTo("repository");
        await OfAsync(tool.Path, "publish", Package, "--name", "intent", "--repository", repository);

        await SameAsync("score", Package, Checkout.PathTo("samples", "intent", "request.json"));
        await SameAsync("list", "--json", "--repository", repository);
        await SameAsync("log", "intent", "--json", "--repository", repository);
        await SameAsync("verify", "intent", "--json", "--repository", repository);
        await SameAsync("rollout", "status", "intent", "--json", "--repository", repository);
    }

    [Theory]
    [InlineData("baseline", "samples/intent/package", "--data", "samples/intent/sessions.jsonl")]
    [InlineData("prune", "samples/topics/package", "--sparsity", "0.3", "--latency", "100", "--difference", "100", "--agreement", "0", "--seconds", "0.1")]
    [InlineData("train", "texts.csv", "--text", "body", "--label", "topic")]
    public async Task Verb_ThatMakesAPackage_MakesTheSameBytes(string verb, string of, params string[] options)
    {
        await File.WriteAllLinesAsync(folder.PathTo("texts.csv"), Texts());
        var given = of == "texts.csv" ? folder.PathTo(of) : Checkout.PathTo(of);
        string[] arguments = [verb, given, .. options.Select(option => option.StartsWith("samples/", StringComparison.Ordinal) ? Checkout.PathTo(option) : option)];

        await OfAsync(tool.Path, [.. arguments, "--out", folder.PathTo("native")]);
        await OfAsync(null, [.. arguments, "--out", folder.PathTo("built")]);

        var files = Directory.EnumerateFiles(folder.PathTo("built")).Select(file => Path.GetFileName(file)).ToArray();
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(folder.PathTo("native")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(
            files.Where(file => Path.GetExtension(file) is ".onnx" or ".json" or ".txt"),
            file => Assert.True(File.ReadAllBytes(folder.PathTo("built", file)).AsSpan().SequenceEqual(File.ReadAllBytes(folder.PathTo("native", file))), file));
    }

    // Servers look a verdict up by what the processor can: a tool that saw less of it would leave one that none of them finds.
    [Fact]
    public async Task Publish_VerdictOfEither_IsTheOneThatServersLookFor()
    {
        await OfAsync(tool.Path, "publish", Package, "--name", "native");
        await OfAsync(null, "publish", Package, "--name", "built");

        var verdicts = new BlobContainerClient(azurite.ConnectionString, "verdicts").GetBlobs().Select(blob => blob.Name).ToArray();
        Assert.Single(verdicts);
    }

    private static IEnumerable<string> Texts()
    {
        string[] topics = ["music", "games", "maths"];
        string[][] words = [["song", "playlist", "album", "singer"], ["level", "monster", "coin", "jump"], ["matrix", "integral", "prime", "proof"]];
        string[] others = ["a", "library", "for", "the", "desktop", "with", "small", "tools", "and", "more"];
        return Enumerable.Range(0, 240)
            .Select(row => $"{string.Join(' ', Enumerable.Range(0, 9).Select(word => word % 3 == 0 ? words[row % 3][((row / 3) + word) % 4] : others[((row * 7) + (word * 3)) % others.Length]))},{topics[row % 3]}")
            .Prepend("body,topic");
    }

    private async Task<string> SameAsync(params string[] arguments)
    {
        var (native, built) = (await OfAsync(tool.Path, arguments), await OfAsync(null, arguments));
        Assert.NotEqual("", native);
        Assert.Equal(built, native);
        return native;
    }

    private async Task<string> OfAsync(string? file, params string[] arguments)
    {
        var start = file is null ? ModelToolProcess.BuiltStartInfo(arguments) : ModelToolProcess.StartInfoOf(file, arguments);
        start.Environment["Storage"] = azurite.ConnectionString;
        using var process = Process.Start(start)!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: exit code {process.ExitCode}\n{await said}\n{await errors}");
        return await said;
    }
}
