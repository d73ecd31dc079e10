namespace InfraTests.Checks;

/// <summary>What the compiler, its linter and its formatter say of the Bicep files, and what they let pass.</summary>
public class BicepTests
{
    private static readonly string Main = Path.Combine(BicepCompiler.Folder, "main.bicep");

    private static readonly string[] All =
        [.. Directory.EnumerateFiles(BicepCompiler.Folder, "*.bicep", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(BicepCompiler.Folder, file).Replace('\\', '/')).Order()];

    public static TheoryData<string> Files => [.. All];

    [BicepFact]
    public void Compile_Main_GivesNoErrorAndNoWarning()
    {
        var compiled = BicepCompiler.Compile(Main);

        Assert.Empty(compiled.Diagnostics);
        Assert.True(compiled.Success);
    }

    // A wrong type, API version or property is a warning to the compiler, and so is whatever the linter finds.
    [BicepTheory]
    [InlineData("main.bicep", "param location string", "param location = string", "BCP279")]
    [InlineData("modules/function-app.bicep", "httpsOnly: true", "httpOnly: true", "BCP089")]
    [InlineData("modules/function-app.bicep", "serverfarms@2024-04-01", "serverfarms@2024-04-31", "BCP081")]
    [InlineData("modules/storage.bicep", "param location string", "param location string\nparam unread string = ''", "no-unused-params")]
    public void Compile_SpoiltFile_NamesFileAndLine(string file, string text, string by, string code)
    {
        using var folder = new CopyOfInfra();
        folder.Replace(file, text, by);

        var found = BicepCompiler.Compile(Path.Combine(folder.Bicep, "main.bicep")).Diagnostics.Where(each => each.Code == code);

        Assert.Contains($"{Path.GetFileName(file)} line ", Assert.Single(found).ToString(), StringComparison.Ordinal);
    }

    [BicepTheory]
    [MemberData(nameof(Files))]
    public void Format_File_IsLaidOutAlready(string file)
    {
        var path = Path.Combine(BicepCompiler.Folder, file);

        Assert.Equal(BicepCompiler.Format(path), File.ReadAllText(path));
    }

    [BicepFact]
    public void Parameters_Declared_AreDescribed() => Assert.All(Templates(), template => Assert.All(template.Of.Parameters, parameter =>
        Assert.False(string.IsNullOrWhiteSpace(parameter.About), $"{template.Name}: {parameter.Name} has no description.")));

    [BicepFact]
    public void Parameters_OfNumbers_HaveRange() => Assert.All(Templates(), template => Assert.All(template.Of.Parameters.Where(parameter => parameter.Type == "int"), parameter =>
        Assert.True(parameter.Allowed is not null || (parameter.Min is not null && parameter.Max is not null), $"{template.Name}: {parameter.Name} has no range.")));

    [BicepFact]
    public void Outputs_Declared_AreDescribed() => Assert.All(Templates(), template => Assert.All(template.Of.Outputs, output =>
        Assert.False(string.IsNullOrWhiteSpace(output.Value), $"{template.Name}: {output.Key} has no description.")));

    [BicepFact]
    public void Modules_Called_AreGivenExactlyTheirParameters() => Assert.All(Template.Main.Modules.Values, module =>
        Assert.Equal(module.Of.Parameters.Select(parameter => parameter.Name).Order(), module.Given.Order()));

    [Fact]
    public void Modules_InFolder_AreAllDeployed()
    {
        var main = File.ReadAllText(Main);
        Assert.All(All.Where(file => file.StartsWith("modules/", StringComparison.Ordinal)), file => Assert.Contains($"'{file}'", main, StringComparison.Ordinal));
    }

    [BicepFact]
    public void Outputs_OfModules_AreAllReadByMain()
    {
        var main = File.ReadAllText(Main);
        Assert.All(Template.Main.Modules, module => Assert.All(module.Value.Of.Outputs.Keys, output => Assert.Matches($@"\b{module.Key}[!?]?\.outputs\.{output}\b", main)));
    }

    private static IEnumerable<(string Name, Template Of)> Templates() => [("main", Template.Main), .. Template.Main.Modules.Select(module => (module.Key, module.Value.Of))];
}
