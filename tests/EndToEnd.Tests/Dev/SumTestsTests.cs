using TestCommon;

namespace EndToEnd.Tests.Dev;

/// <summary>The closing line of ./dev test, from results as the test runner writes them.</summary>
public sealed class SumTestsTests : IDisposable
{
    private const string Passed = """<UnitTestResult testName="A" outcome="Passed" />""";
    private const string Failed = """<UnitTestResult testName="B" outcome="Failed"><Output><ErrorInfo><Message>no</Message></ErrorInfo></Output></UnitTestResult>""";
    private const string Skipped = """<UnitTestResult testName="C" outcome="NotExecuted"><Output><StdOut>needs &quot;wrk&quot;</StdOut></Output></UnitTestResult>""";

    private readonly string folder = Directory.CreateTempSubdirectory("results-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Sum_EveryTestPassed_EndsWellWithTheLine()
    {
        Write("One", status: 0, Passed + Passed);
        Write("Two", status: 0, Passed);

        var run = await SumAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("3 passed, 0 failed\n", run.Output);
    }

    [Fact]
    public async Task Sum_SomeSkipped_NamesThemAndCountsThem()
    {
        Write("One", status: 0, Passed + Skipped);

        var run = await SumAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("skipped C: needs \"wrk\"\n1 passed, 0 failed, 1 skipped\n", run.Output);
    }

    [Fact]
    public async Task Sum_SomeFailed_Fails()
    {
        Write("One", status: 1, Passed + Failed);

        var run = await SumAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("1 passed, 1 failed\n", run.Output);
    }

    [Fact]
    public async Task Sum_AssemblyCrashedAfterItsTestsPassed_Fails()
    {
        Write("One", status: 1, Passed);

        var run = await SumAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("1 passed, 1 failed\n", run.Output);
    }

    [Fact]
    public async Task Sum_AssemblyRanNothing_Fails()
    {
        Write("One", status: 0, Passed);
        Write("Two", status: 0, "");

        var run = await SumAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("Two ran no test.\n1 passed, 1 failed\n", run.Output);
    }

    [Fact]
    public async Task Sum_SomeTookLong_NamesTheSlowestTenBeforeTheLastLine()
    {
        Write("One", status: 0, string.Concat(Enumerable.Range(0, 12).Select(index => $"""<UnitTestResult testName="T{index:00}" outcome="Passed" duration="00:00:{index:00}.5000000" />""")));

        var lines = (await SumAsync()).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("The slowest tests:", lines[0]);
        Assert.Equal(["   11.5 s  T11", "   10.5 s  T10"], lines[1..3]);
        Assert.Equal(10, lines[1..^1].Length);
        Assert.Equal("12 passed, 0 failed", lines[^1]);
    }

    [Fact]
    public async Task Sum_OneAssembly_IsALineWithItsTime()
    {
        Write("One", status: 1, Passed + Failed + Skipped);

        Assert.Equal("One: 1 passed, 1 failed, 1 skipped in 41 s\n", (await SumAsync("only One 41")).Output);
    }

    private static string SumScript => Checkout.PathTo("eng", "node", "sum-tests.mjs");

    private void Write(string name, int status, string results)
    {
        File.WriteAllText(Path.Combine(folder, $"{name}.status"), $"{status}");
        File.WriteAllText(Path.Combine(folder, $"{name}.trx"), $"<TestRun><Results>{results}</Results></TestRun>");
    }

    private Task<DevCommand> SumAsync(string options = "") => DevCommand.RunAsync("-c", [$"exec node {SumScript} {folder} {options}"], []);
}
