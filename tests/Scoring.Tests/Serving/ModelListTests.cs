using System.Diagnostics;
using System.Runtime.Versioning;
using TestCommon;

namespace Scoring.Tests.Serving;

/// <summary>One model that cannot be looked at, in the list of all.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ModelListTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder folder = new();

    public ModelListTests()
    {
        OffsetModel.Write(folder.PathTo("models", "good", "1"), 1);
        OffsetModel.Write(folder.PathTo("models", "bad", "1"), 1);
    }

    public void Dispose()
    {
        // .NET deletes no name that is no UTF-8.
        using (var deleted = Process.Start("rm", ["-rf", folder.PathTo("models")]))
        {
            deleted.WaitForExit();
        }

        folder.Dispose();
    }

    public static TheoryData<string, string?> Bad() => new()
    {
        { "ln -s live.json live.json", "leads back to itself" },
        { "mkdir live.json", "access to the folder is refused" },
        { "mkdir $'1/\\xff\\xfe'", null },
        { "rm -r ../bad && mkdir -p ../../outside/17 && ln -s ../outside ../bad", "leaves the repository" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task ListAsync_ModelThatCannotBeLookedAt_SaysSoAndTheOthersAreListed(string command, string? remark)
    {
        var models = folder.PathTo("models");
        using (var made = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = Path.Combine(models, "bad") })!)
        {
            await made.WaitForExitAsync();
            Assert.Equal(0, made.ExitCode);
        }

        await using var host = new CatalogHost(models, folder.PathTo("cache"));

        var list = await host.Catalog.ListAsync(CancellationToken.None).WaitAsync(Patience);

        var good = Assert.Single(list, model => model.Name == "good");
        Assert.Equal(("1", (string?)null), (good.LiveVersion, good.Remark));
        var bad = Assert.Single(list, model => model.Name == "bad");
        Assert.Equal(remark is null, bad.Remark is null);
        Assert.Contains(remark ?? "", bad.Remark ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("17", bad.Versions);
    }
}
