using System.Text.Json;

namespace InfraTests.Checks;

/// <summary>The pipelines: against the parser that GitHub publishes, and in what it does not know (inputs of actions, rights, pinning). None has ever run.</summary>
public class WorkflowTests
{
    // The inputs that the pinned actions document and that are used here.
    private static readonly Dictionary<string, string[]> Inputs = new()
    {
        ["actions/checkout"] = ["persist-credentials"],
        ["actions/setup-dotnet"] = ["global-json-file"],
        ["actions/setup-node"] = ["node-version"],
        ["actions/upload-artifact"] = ["if-no-files-found", "name", "path"],
        ["Azure/setup-azd"] = [],
        ["github/codeql-action/analyze"] = ["category"],
        ["github/codeql-action/init"] = ["build-mode", "languages", "queries"],
    };

    private static readonly string[] Files =
        [.. Directory.EnumerateFiles(Checkout.PathTo(".github", "workflows"), "*.yml").Select(file => Path.GetFileName(file)).Order()];

    public static TheoryData<string> Workflows => [.. Files];

    [NodeTheory]
    [MemberData(nameof(Workflows))]
    public void Parse_Workflow_FindsNoFault(string file) => Assert.Empty(Faults(Checkout.PathTo(".github", "workflows", file)));

    [NodeTheory]
    [InlineData("runs-on:", "runs_on:")]
    [InlineData("pull_request:", "pull_requests:")]
    [InlineData("contents: read", "contents: reed")]
    [InlineData("github.ref", "githb.ref")]
    [InlineData("    timeout-minutes: 60", "    needs: [nobody]\n    timeout-minutes: 60")]
    public void Parse_WrongWorkflow_NamesLine(string text, string by)
    {
        var broken = Path.GetTempFileName();
        try
        {
            File.WriteAllText(broken, File.ReadAllText(Checkout.PathTo(".github", "workflows", "ci.yml")).Replace(text, by, StringComparison.Ordinal));
            Assert.All(Faults(broken), fault => Assert.Contains("(Line: ", fault, StringComparison.Ordinal));
            Assert.NotEmpty(Faults(broken));
        }
        finally
        {
            File.Delete(broken);
        }
    }

    [NodeTheory]
    [MemberData(nameof(Workflows))]
    public void Workflow_Actions_ArePinnedAndGivenInputsThatTheyHave(string file) => Assert.All(Steps(file).Where(step => step.TryGetProperty("uses", out _)), step =>
    {
        var uses = step.GetProperty("uses").GetString()!;
        Assert.Matches("^[\\w-]+/[\\w./-]+@[0-9a-f]{40}$", uses);
        Assert.Empty(Given(step).Except(Inputs[uses.Split('@')[0]]));
    });

    // One action is one version: a hash that differs between files was forgotten in one of them.
    [NodeFact]
    public void Workflow_Actions_AreOneVersionEverywhere() => Assert.All(
        Files.SelectMany(Steps).Where(step => step.TryGetProperty("uses", out _)).Select(step => step.GetProperty("uses").GetString()!.Split('@')).GroupBy(uses => uses[0]),
        action => Assert.Single(action.Select(uses => uses[1]).Distinct()));

    [NodeTheory]
    [MemberData(nameof(Workflows))]
    public void Workflow_Jobs_HaveTheLeastRightsAndAnEnd(string file)
    {
        var workflow = Read(".github", "workflows", file);
        var jobs = workflow.GetProperty("jobs").EnumerateObject().ToArray();

        Assert.NotEmpty(jobs);
        Assert.Equal("""{"contents":"read"}""", workflow.GetProperty("permissions").GetRawText());
        Assert.All(jobs, job =>
        {
            Assert.True(job.Value.TryGetProperty("timeout-minutes", out _), $"{file}: {job.Name} may run for ever.");
            // Beyond reading, only signing in to Azure without a secret, making a release, and showing what an analysis found.
            var rights = job.Value.TryGetProperty("permissions", out var given) ? given.EnumerateObject().Select(right => $"{right.Name}: {right.Value}") : [];
            Assert.Empty(rights.Except(["contents: read", file switch { "release.yml" => "contents: write", "codeql.yml" => "security-events: write", _ => "id-token: write" }]));
        });
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Workflow_Header_SaysThatItNeverRan(string file) =>
        Assert.Contains("has never run", File.ReadLines(Checkout.PathTo(".github", "workflows", file)).First(), StringComparison.Ordinal);

    [NodeFact]
    public void Deploy_Steps_UseNoSecret() => Assert.DoesNotContain("secrets.", File.ReadAllText(Checkout.PathTo(".github", "workflows", "azure-dev.yml")), StringComparison.Ordinal);

    // azd knows who deploys by itself; the rest is either set by azd pipeline config or named to it in azure.yaml.
    [NodeFact]
    public void Deploy_OfEveryParameter_PassesItsVariableOn()
    {
        var passed = Read(".github", "workflows", "azure-dev.yml").GetProperty("jobs").GetProperty("deploy").GetProperty("env").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetString());
        var named = Read("azure.yaml").GetProperty("pipeline").GetProperty("variables").EnumerateArray().Select(each => each.GetString()!).ToArray();
        var wanted = ParameterSet.Mapped().Values.Select(each => each.Variable).Where(name => name != "AZURE_PRINCIPAL_ID").ToArray();

        Assert.Empty(wanted.Except(passed.Keys));
        Assert.Equal(wanted.Where(name => !name.StartsWith("AZURE_", StringComparison.Ordinal)).Append("CARRY_DUCKDB").Order(), named.Order());
        Assert.All(named, name => Assert.Equal($"${{{{ vars.{name} }}}}", passed[name]));
    }

    // azd pipeline config trusts branches and pull requests: a job of a GitHub environment would sign in as somebody else.
    [NodeFact]
    public void Deploy_Job_SignsInAsItsBranch() => Assert.False(Read(".github", "workflows", "azure-dev.yml").GetProperty("jobs").GetProperty("deploy").TryGetProperty("environment", out _));

    [NodeFact]
    public void Ci_Runs_WhatTheReadmeSays()
    {
        var commands = Steps("ci.yml").Where(step => step.TryGetProperty("run", out _)).Select(step => step.GetProperty("run").GetString()!.Trim()).ToArray();

        Assert.Contains("./dev test", commands);
        Assert.Contains("./dev test ", File.ReadAllText(Checkout.PathTo("README.md")), StringComparison.Ordinal);
        Assert.Contains("./dev sbom", commands);
        Assert.Contains(commands, command => command.Contains("dotnet build Functions.sln", StringComparison.Ordinal));
    }

    [NodeFact]
    public void Dependabot_Watches_EveryPackageSource()
    {
        var file = Read(".github", "dependabot.yml");
        var updates = file.GetProperty("updates").EnumerateArray().ToArray();

        Assert.Equal(2, file.GetProperty("version").GetInt32());
        Assert.Equal(["github-actions", "npm", "nuget"], updates.Select(update => update.GetProperty("package-ecosystem").GetString()).Distinct().Order());
        Assert.All(updates, update =>
        {
            Assert.Empty(update.EnumerateObject().Select(each => each.Name).Except(["package-ecosystem", "directory", "directories", "schedule", "groups", "ignore"]));
            Assert.Contains(update.GetProperty("schedule").GetProperty("interval").GetString(), new[] { "daily", "weekly", "monthly" });
        });
        var watched = updates.Single(update => update.GetProperty("package-ecosystem").GetString() == "npm").GetProperty("directories").EnumerateArray().Select(folder => folder.GetString()!).ToArray();
        Assert.All(LockFiles(new DirectoryInfo(Checkout.PathTo("."))).Select(folder => "/" + Path.GetRelativePath(Checkout.PathTo("."), folder).Replace('\\', '/')), folder =>
            Assert.Contains(watched, pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, folder)));
    }

    // What npm or a build has put there is no source of the project's.
    private static IEnumerable<string> LockFiles(DirectoryInfo folder) => folder.GetFiles("package-lock.json").Select(_ => folder.FullName)
        .Concat(folder.GetDirectories().Where(each => each.Name is not ("node_modules" or "bin" or "obj" or "artifacts") && each.Name[0] != '.').SelectMany(LockFiles));

    private static string[] Faults(string file) => NodeTools.Ask<string[]>(new { tool = "workflowFaults", file });

    private static IEnumerable<JsonElement> Steps(string file) =>
        Read(".github", "workflows", file).GetProperty("jobs").EnumerateObject().SelectMany(job => job.Value.GetProperty("steps").EnumerateArray());

    private static IEnumerable<string> Given(JsonElement step) =>
        step.TryGetProperty("with", out var given) ? given.EnumerateObject().Select(input => input.Name) : [];

    private static JsonElement Read(params string[] path) => NodeTools.Ask<JsonElement>(new { tool = "readYaml", file = Checkout.PathTo(path) });
}
