using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LocalHost.Generator;

/// <summary>
/// Writes the class <c>AppFunctions</c>: every method marked as a function, with its trigger and a call of it, so that a host finds and calls functions without
/// reflection. The functions are those of the assembly that is compiled; where it has none, those of the assemblies that it refers to.
/// </summary>
[Generator]
public sealed class FunctionsGenerator : IIncrementalGenerator
{
    private const string Worker = "Microsoft.Azure.Functions.Worker.";

    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterSourceOutput(context.CompilationProvider, static (output, compilation) => Write(output, compilation));

    private static void Write(SourceProductionContext output, Compilation compilation)
    {
        var faults = new FaultList(output);
        var names = new Dictionary<string, IMethodSymbol>(StringComparer.OrdinalIgnoreCase);
        var functions = ImmutableArray.CreateBuilder<FunctionSource>();
        foreach (var method in Methods(compilation, output.CancellationToken))
        {
            if (FunctionSource.Read(method, faults) is not { } function)
            {
                continue;
            }

            if (names.ContainsKey(function.Name))
            {
                faults.Add(FaultList.SameName, method, function.Name, $"{method.ContainingType.Name}.{method.Name}");
                continue;
            }

            names.Add(function.Name, method);
            functions.Add(function);
        }

        output.AddSource("AppFunctions.g.cs", SourceText.From(CatalogSource.Write(compilation.AssemblyName, functions), System.Text.Encoding.UTF8));
    }

    private static List<IMethodSymbol> Methods(Compilation compilation, CancellationToken cancellationToken)
    {
        var own = PublicMethods.MarkedAsFunctions(compilation.Assembly.GlobalNamespace, cancellationToken).ToList();
        return own.Count > 0 ? own : [.. compilation.SourceModule.ReferencedAssemblySymbols.Where(UsesWorker)
            .SelectMany(assembly => PublicMethods.MarkedAsFunctions(assembly.GlobalNamespace, cancellationToken))];
    }

    private static bool UsesWorker(IAssemblySymbol assembly) =>
        assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name.StartsWith(Worker, StringComparison.Ordinal)));
}
