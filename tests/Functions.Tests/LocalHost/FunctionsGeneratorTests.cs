using System.Collections.Immutable;
using System.Reflection;
using LocalHost.Generator;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Triggers;

namespace Functions.Tests.LocalHost;

/// <summary>Holds what the build finds of functions to what the attributes say by reflection, and what it refuses.</summary>
public class FunctionsGeneratorTests
{
    private const string Http = "[HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request";

    private static readonly MethodInfo[] Methods =
        [.. typeof(Score).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(FunctionAttribute)))];

    [Fact]
    public void HttpFunctions_OfTheApp_AreWhatTheirAttributesSay() => Assert.Equal(
        Methods.SelectMany(method => method.GetParameters().Where(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute))).Select(parameter =>
        {
            var trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()!;
            var purpose = method.GetCustomAttribute<PurposeAttribute>() ?? method.DeclaringType!.GetCustomAttribute<PurposeAttribute>();
            return Describe(method.GetCustomAttribute<FunctionAttribute>()!.Name, method.DeclaringType!, parameter.Name!, trigger, purpose);
        })).Order(StringComparer.Ordinal),
        AppSource.Triggers([]).Functions.Http.Select(one => Describe(one.Name, one.Class, one.Parameter, one.Trigger, one.Purpose)).Order(StringComparer.Ordinal));

    [Fact]
    public void QueueFunctions_OfTheApp_AreWhatTheirAttributesSay() => Assert.Equal(
        Methods.SelectMany(method => method.GetParameters().Where(parameter => parameter.IsDefined(typeof(QueueTriggerAttribute))).Select(parameter =>
        {
            var trigger = parameter.GetCustomAttribute<QueueTriggerAttribute>()!;
            return $"{method.GetCustomAttribute<FunctionAttribute>()!.Name} {method.DeclaringType} {parameter.Name} {trigger.QueueName} {trigger.Connection}";
        })).Order(StringComparer.Ordinal),
        AppSource.Triggers([]).Functions.Queue.Select(one => $"{one.Name} {one.Class} {one.Parameter} {one.Trigger.QueueName} {one.Trigger.Connection}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData($"""[Function("wrong")] public IResult Wrong({Http}, int count) => null!;""", "Function 'wrong' has parameter 'count' of type int; expected HttpRequest, string or CancellationToken")]
    [InlineData($"""[Function("wrong")] public string Wrong({Http}) => "";""", "Function 'wrong' returns string; expected IResult or Task<IResult>")]
    [InlineData("""[Function("wrong")] public Task Wrong([QueueTrigger("work")] byte[] message) => null!;""", "Function 'wrong' has parameter 'message' of type byte[]; expected string or CancellationToken")]
    [InlineData("""[Function("wrong")] public int Wrong([QueueTrigger("work")] string message) => 0;""", "Function 'wrong' returns int; expected Task")]
    [InlineData("""[Function("wrong")] public IResult Wrong(HttpRequest request) => null!;""", "Function 'wrong' has no parameter with an HTTP or queue trigger")]
    [InlineData($"""[Function("same")] public IResult First({Http}) => null!; [Function("SAME")] public IResult Second({Http}) => null!;""", "Two functions are named 'SAME'; the second is Wrongs.Second")]
    [InlineData($$"""public Wrongs() { } public Wrongs(int count) { } [Function("wrong")] public IResult Wrong({{Http}}) => null!;""", "Function 'wrong' is a method of Wrongs, which has 2 public constructors; expected one")]
    public void Build_WithAFunctionTheHostCannotServe_SaysWhich(string members, string message)
    {
        var faults = Generate($"public class Wrongs {{ {members} }}");

        Assert.Equal([message], faults.Select(fault => fault.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(faults, fault => Assert.True(fault.Severity == DiagnosticSeverity.Error && fault.Location.IsInSource));
    }

    // Each would be refused for its result, were it found.
    [Theory]
    [InlineData($$"""class Internal { [Function("a")] public int A({{Http}}) => 0; }""")]
    [InlineData($$"""public class Public { [Function("a")] internal int A({{Http}}) => 0; }""")]
    [InlineData($$"""public class Public { [Function("a")] public static int A({{Http}}) => 0; }""")]
    public void Build_WithAFunctionOutOfReach_LeavesItOut(string type) =>
        Assert.Empty(Generate($$"""{{type}} public class Good { [Function("good")] public IResult Serve({{Http}}) => null!; }"""));

    private static string Describe(string name, Type type, string parameter, HttpTriggerAttribute trigger, PurposeAttribute? purpose) =>
        $"{name} {type} {parameter} {trigger.AuthLevel} {string.Join(',', trigger.Methods ?? [])} {trigger.Route} {purpose?.Purpose} {purpose?.Reads}";

    private static ImmutableArray<Diagnostic> Generate(string source)
    {
        const string Usings = "using System.Threading.Tasks; using Microsoft.AspNetCore.Http; using Microsoft.Azure.Functions.Worker;";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Wrong", [CSharpSyntaxTree.ParseText($"{Usings} {source}")], references, new(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error));
        return CSharpGeneratorDriver.Create(new FunctionsGenerator()).RunGenerators(compilation).GetRunResult().Diagnostics;
    }
}
