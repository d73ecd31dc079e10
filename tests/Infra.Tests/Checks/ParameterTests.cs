namespace InfraTests.Checks;

/// <summary>The parameters that azd fills, and the sets of them that infra/parameters offers.</summary>
public class ParameterTests
{
    public static TheoryData<string> Sets =>
        [.. Directory.EnumerateFiles(Checkout.PathTo("infra", "parameters"), "*.env").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [BicepFact]
    public void ParametersFile_Names_ParametersOfMain()
    {
        var declared = Template.Main.Parameters;

        Assert.Empty(ParameterSet.Mapped().Keys.Except(declared.Select(parameter => parameter.Name)));
        Assert.Empty(declared.Where(parameter => parameter.Default is null).Select(parameter => parameter.Name).Except(ParameterSet.Mapped().Keys));
    }

    [BicepFact]
    public void ParametersFile_Defaults_AreThoseOfMain()
    {
        var declared = Template.Main.Parameters.ToDictionary(parameter => parameter.Name);
        Assert.All(ParameterSet.Mapped().Where(each => each.Value.Default is not null), each =>
        {
            Assert.Equal(declared[each.Key].Default!.Value.ToString(), each.Value.Default, ignoreCase: true);
            Assert.True(declared[each.Key].Takes(each.Value.Default!), $"{each.Key} does not take its default {each.Value.Default}.");
        });
    }

    [BicepTheory]
    [MemberData(nameof(Sets))]
    public void Set_OfParameters_IsTakenByMain(string set)
    {
        var byVariable = ParameterSet.Mapped().ToDictionary(each => each.Value.Variable, each => each.Key);
        var declared = Template.Main.Parameters.ToDictionary(parameter => parameter.Name);
        var given = ParameterSet.Read(set);

        Assert.NotEmpty(given);
        Assert.All(given, each =>
        {
            var parameter = declared[byVariable[each.Key]];
            Assert.True(parameter.Takes(each.Value), $"{parameter.Name} does not take {each.Value}.");
        });
    }
}
