using System.Net;
using TestCommon;
using Worker.Tests.Hosting;

namespace Worker.Tests;

/// <summary>What a start does that it need not do, counted: a count is the same on a busy machine, where a time is not.</summary>
[Collection(PublishedAppGroup.Name)]
public sealed class StartTests(PublishedApp app)
{
    [Fact]
    public async Task Start_UpToTheFirstAnswer_ThrowsNothing()
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathTo("thrown.txt");
        await using var worker = await app.StartWorkerAsync(("DOTNET_STARTUP_HOOKS", typeof(StartTests).Assembly.Location), ("THROWN_TO", file));

        await ScoreAsync(worker);

        Assert.Empty(File.Exists(file) ? await File.ReadAllLinesAsync(file) : []);
    }

    [Fact]
    public async Task Start_UpToTheFirstAnswer_FindsMostMethodsCompiled()
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathTo("methods.txt");
        await using var worker = await app.StartWorkerAsync(("DOTNET_JitStdOutFile", file), ("DOTNET_JitDisasmSummary", "1"));
        await ScoreAsync(worker);

        // The list is complete once the process has ended in good order.
        await worker.SendAsync(new() { WorkerTerminate = new() { GracePeriod = new() { Seconds = 10 } } });
        await worker.EndedAsync();

        // What is compiled again, for speed, depends on the time that passes.
        var compiled = (await File.ReadAllLinesAsync(file)).Count(line => !line.Contains("Tier1", StringComparison.Ordinal));
        Assert.True(compiled is > 0 and < 1500, $"A start compiles {compiled} methods; ./dev bench start-methods lists them, ./dev bench start-profile writes anew what is compiled ahead.");
    }

    private static async Task ScoreAsync(RunningWorker worker)
    {
        using var request = ScoreRequest.Of(ScoreRequest.Body);
        var (_, answering) = await Invocation.OfHttpAsync(worker, "Score", request, ("model", "intent"));
        using var answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
