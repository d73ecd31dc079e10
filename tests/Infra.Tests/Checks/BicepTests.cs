namespace InfraTests.Checks;

/// <summary>What of Bicep's own rules can be told without its compiler.</summary>
public class BicepTests
{
    [NodeFact]
    public void Parse_EveryFile_FindsNoFault() =>
        Assert.All(Declarations.Current.Bicep, file => Assert.True(file.Faults.Count == 0, $"{file.File}: {string.Join("; ", file.Faults)}"));

    [NodeFact]
    public void Parse_BrokenFile_NamesLine()
    {
        using var folder = new CopyOfInfra();
        folder.Replace("main.bicep", "param location string", "param location = string");

        Assert.Contains(Declarations.Of(folder.Bicep)["main.bicep"].Faults, fault => fault.StartsWith("line ", StringComparison.Ordinal));
    }

    [NodeFact]
    public void Parameters_Declared_AreDescribedAndRead() =>
        Assert.All(Declarations.Current.Bicep, file => Assert.All(file.Parameters, parameter =>
        {
            Assert.False(string.IsNullOrWhiteSpace(parameter.Description), $"{file.File}: {parameter.Name} has no description.");
            Assert.True(parameter.Uses > 0, $"{file.File}: {parameter.Name} is never read.");
        }));

    [NodeFact]
    public void Parameters_OfNumbers_HaveRange() =>
        Assert.All(Declarations.Current.Bicep, file => Assert.All(file.Parameters.Where(parameter => parameter.Type == "int"), parameter =>
            Assert.True(parameter.Allowed is not null || (parameter.Min is not null && parameter.Max is not null), $"{file.File}: {parameter.Name} has no range.")));

    [NodeFact]
    public void Variables_Declared_AreRead() =>
        Assert.All(Declarations.Current.Bicep, file => Assert.All(file.Variables, variable =>
            Assert.True(variable.Uses > 0, $"{file.File}: {variable.Name} is never read.")));

    [NodeFact]
    public void Outputs_Declared_AreDescribed() =>
        Assert.All(Declarations.Current.Bicep, file => Assert.All(file.Outputs, output => Assert.True(output.Described, $"{file.File}: {output.Name} has no description.")));

    [NodeFact]
    public void Modules_Called_AreGivenExactlyTheirParameters()
    {
        var declared = Declarations.Current;
        Assert.All(declared["main.bicep"].Modules, module =>
            Assert.Equal(declared[module.Path].Parameters.Select(parameter => parameter.Name).Order(), module.Params.Order()));
    }

    [NodeFact]
    public void Modules_InFolder_AreAllDeployed() =>
        Assert.Equal(
            Declarations.Current.Bicep.Select(file => file.File).Where(file => file.StartsWith("modules/", StringComparison.Ordinal)),
            Declarations.Current["main.bicep"].Modules.Select(module => module.Path).Order());

    [NodeFact]
    public void Outputs_OfModules_AreAllReadByMain()
    {
        var main = File.ReadAllText(Path.Combine(NodeTools.Bicep, "main.bicep"));
        Assert.All(Declarations.Current["main.bicep"].Modules, module => Assert.All(Declarations.Current[module.Path].Outputs, output =>
            Assert.Matches($@"\b{module.Name}!?\.outputs\.{output.Name}\b", main)));
    }
}
