using System.Text.Json;
using System.Text.RegularExpressions;

namespace InfraTests.Checks;

/// <summary>The parameters that azd fills, and the sets of them that infra/parameters offers.</summary>
public partial class ParameterTests
{
    public static TheoryData<string> Sets =>
        [.. Directory.EnumerateFiles(Checkout.PathTo("infra", "parameters"), "*.env").Select(file => Path.GetFileName(file)).Order()];

    [NodeFact]
    public void ParametersFile_Names_ParametersOfMain()
    {
        var declared = Declarations.Current["main.bicep"].Parameters;

        Assert.Empty(Mapped().Keys.Except(declared.Select(parameter => parameter.Name)));
        Assert.Empty(declared.Where(parameter => !parameter.HasDefault).Select(parameter => parameter.Name).Except(Mapped().Keys));
    }

    [NodeFact]
    public void ParametersFile_Defaults_AreThoseOfMain()
    {
        var declared = Declarations.Current["main.bicep"].Parameters.ToDictionary(parameter => parameter.Name);
        Assert.All(Mapped().Where(each => each.Value.Default is not null), each =>
        {
            Assert.Equal(declared[each.Key].Default!.Value.ToString(), each.Value.Default, ignoreCase: true);
            Assert.True(declared[each.Key].Takes(each.Value.Default!), $"{each.Key} does not take its default {each.Value.Default}.");
        });
    }

    [NodeTheory]
    [MemberData(nameof(Sets))]
    public void Set_OfParameters_IsTakenByMain(string file)
    {
        var byVariable = Mapped().ToDictionary(each => each.Value.Variable, each => each.Key);
        var declared = Declarations.Current["main.bicep"].Parameters.ToDictionary(parameter => parameter.Name);
        var lines = File.ReadLines(Checkout.PathTo("infra", "parameters", file)).Where(line => line.Length > 0 && line[0] != '#').ToArray();

        Assert.NotEmpty(lines);
        Assert.All(lines, line =>
        {
            var match = Line().Match(line);
            Assert.True(match.Success, line);
            var parameter = declared[byVariable[match.Groups["name"].Value]];
            Assert.True(parameter.Takes(match.Groups["value"].Value), $"{parameter.Name} does not take {match.Groups["value"].Value}.");
        });
    }

    private static Dictionary<string, (string Variable, string? Default)> Mapped()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(NodeTools.Bicep, "main.parameters.json")));
        return document.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(each => each.Name, each =>
        {
            var match = Variable().Match(each.Value.GetProperty("value").GetString()!);
            Assert.True(match.Success, each.Name);
            return (match.Groups["name"].Value, match.Groups["default"].Success ? match.Groups["default"].Value : null);
        });
    }

    [GeneratedRegex(@"^\$\{(?<name>[A-Z_]+)(=(?<default>[^}]*))?\}$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?<name>[A-Z_]+)=""(?<value>[^""]*)""$")]
    private static partial Regex Line();
}
