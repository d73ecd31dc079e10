using System.Xml.Linq;
using TestCommon;

namespace EndToEnd.Tests.Dev;

public sealed class FlavourTests
{
    private const string Sources = """<add key="machine" value="machine"/><add key="project-feed" value="eng/feed"/>""";

    [Fact]
    public async Task ChooseFlavour_WorkerPackagesRestore_LeavesAzureTheDefault()
    {
        using var checkout = new TemporaryCheckout(Sources);
        WriteEveryPackage(checkout);
        await File.WriteAllTextAsync(checkout.PathTo("eng", "machine.props"), "<Project><!-- of a poorer day --></Project>");

        var run = await ChooseAsync(checkout);

        Assert.Equal((0, "azure\n"), (run.ExitCode, run.Output));
        Assert.False(File.Exists(checkout.PathTo("eng", "machine.props")));
    }

    [Fact]
    public async Task ChooseFlavour_WorkerPackagesAreMissing_MakesLocalTheDefault()
    {
        using var checkout = new TemporaryCheckout(Sources);
        Directory.CreateDirectory(checkout.PathTo("machine"));

        var run = await ChooseAsync(checkout);

        Assert.Equal((0, "local\n"), (run.ExitCode, run.Output));
        Assert.Contains(">local</FunctionsHost>", await File.ReadAllTextAsync(checkout.PathTo("eng", "machine.props")));
    }

    [Fact]
    public async Task ChooseFlavour_Asked_RemembersTheAnswer()
    {
        using var checkout = new TemporaryCheckout(Sources);
        Directory.CreateDirectory(checkout.PathTo("machine"));
        await ChooseAsync(checkout);

        var again = await ChooseAsync(checkout);

        Assert.Equal((0, "local\n", ""), (again.ExitCode, again.Output, again.Error));
    }

    [Fact]
    public async Task ChooseFlavour_SourceCannotBeAsked_DecidesNothing()
    {
        using var checkout = new TemporaryCheckout("""<add key="machine" value="no-such-folder"/>""");

        var run = await ChooseAsync(checkout);

        Assert.NotEqual(0, run.ExitCode);
        Assert.False(File.Exists(checkout.PathTo("eng", "machine.props")));
    }

    [Fact]
    public async Task PlainRestore_WorkerPackagesRestore_IsNotHindered()
    {
        using var checkout = new TemporaryCheckout(Sources);
        WriteEveryPackage(checkout);

        var run = await RestoreAsync(checkout);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("./dev", run.Output + run.Error);
    }

    [Fact]
    public async Task PlainRestore_WorkerPackagesAreMissing_SaysToRunDevTest()
    {
        using var checkout = new TemporaryCheckout(Sources);
        Directory.CreateDirectory(checkout.PathTo("machine"));

        var run = await RestoreAsync(checkout);

        Assert.NotEqual(0, run.ExitCode);
        var fault = Assert.Single(run.Output.Split('\n'), line => line.Contains("error", StringComparison.Ordinal));
        Assert.Contains("run ./dev test first", fault);
    }

    private static Task<DevCommand> ChooseAsync(TemporaryCheckout checkout) =>
        DevCommand.RunAsync(checkout.PathTo("eng", "choose-flavour.sh"), [], checkout.Environment);

    private static async Task<DevCommand> RestoreAsync(TemporaryCheckout checkout)
    {
        var project = Directory.CreateDirectory(checkout.PathTo("src", "Any")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Any.csproj"), """<Project Sdk="Microsoft.NET.Sdk" />""");
        return await DevCommand.RunAsync("-c", [$"cd {project} && dotnet restore"], checkout.Environment);
    }

    // Every version that the solution names in the azure flavour, as empty packages of the source `machine`.
    private static void WriteEveryPackage(TemporaryCheckout checkout)
    {
        var named = XDocument.Load(Checkout.PathTo("Directory.Packages.props")).Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Where(element => element.Parent!.Attribute("Condition")?.Value.Contains("local", StringComparison.Ordinal) != true);
        foreach (var package in named)
        {
            EmptyPackage.Write(checkout.PathTo("machine"), package.Attribute("Include")!.Value, package.Attribute("Version")!.Value);
        }
    }
}
