using Mono.Cecil;

namespace Scoring.Bench.Measuring.Profile;

/// <summary>The assemblies that a published app runs on, read as metadata: its own and the framework's. Finds what the just-in-time compiler names.</summary>
internal sealed class AssemblySet : IDisposable
{
    // One name stands for two types where the compiler has one size for both.
    private static readonly Dictionary<string, string[]> Primitives = new(StringComparer.Ordinal)
    {
        ["bool"] = ["Boolean"],
        ["byte"] = ["SByte", "Byte"],
        ["ubyte"] = ["Byte", "Boolean"],
        ["short"] = ["Int16"],
        ["ushort"] = ["UInt16", "Char"],
        ["char"] = ["Char"],
        ["int"] = ["Int32"],
        ["uint"] = ["UInt32"],
        ["long"] = ["Int64", "IntPtr"],
        ["ulong"] = ["UInt64", "UIntPtr"],
        ["float"] = ["Single"],
        ["double"] = ["Double"],
        ["nint"] = ["IntPtr"],
        ["nuint"] = ["UIntPtr"],
    };

    private readonly List<ModuleDefinition> modules = [];
    private readonly Dictionary<string, IReadOnlyList<TypeDefinition>> found = new(StringComparer.Ordinal);

    public AssemblySet(IEnumerable<string> folders)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in folders.SelectMany(folder => Directory.GetFiles(folder, "*.dll")).Where(file => names.Add(Path.GetFileName(file))))
        {
            try
            {
                modules.Add(ModuleDefinition.ReadModule(file));
            }
            catch (BadImageFormatException)
            {
                // A native library.
            }
        }
    }

    /// <summary>The methods that the name may mean, each with its type arguments filled in.</summary>
    public IEnumerable<MethodReference> Find(JitName name) =>
        from type in Find(name.Type).OfType<TypeReference>()
        where type is not ArrayType
        from method in type.Resolve().Methods
        where method.Name == name.Method && method.Parameters.Count == name.ParameterCount && method.GenericParameters.Count == name.Arguments.Count && method.HasBody
        from arguments in Product(name.Arguments)
        select Filled(method, type, arguments);

    public void Dispose() => modules.ForEach(module => module.Dispose());

    private IEnumerable<TypeReference> Find(JitTypeName name)
    {
        foreach (var type in Definitions(name.Name))
        {
            foreach (var arguments in type.GenericParameters.Count == name.Arguments.Count ? Product(name.Arguments) : [])
            {
                TypeReference filled = type;
                if (arguments.Length > 0)
                {
                    var instance = new GenericInstanceType(type);
                    Array.ForEach(arguments, instance.GenericArguments.Add);
                    filled = instance;
                }

                yield return name.IsArray ? new ArrayType(filled) : filled;
            }
        }
    }

    private IEnumerable<TypeReference[]> Product(IReadOnlyList<JitTypeName> names) =>
        names.Aggregate((IEnumerable<TypeReference[]>)[[]], (sofar, name) => sofar.SelectMany(_ => Argument(name), (before, type) => (TypeReference[])[.. before, type]));

    private IEnumerable<TypeReference> Argument(JitTypeName name) => name.Name == "System.__Canon" ? [Canon(name.IsArray)] : Find(name);

    // What stands for every reference type has an assembly of its own in a profile.
    private TypeReference Canon(bool isArray)
    {
        var canon = new TypeReference("System", "__Canon", modules[0], new AssemblyNameReference("System.Private.Canon", new()));
        return isArray ? new ArrayType(canon) : canon;
    }

    private IReadOnlyList<TypeDefinition> Definitions(string name)
    {
        if (!found.TryGetValue(name, out var types))
        {
            var names = Primitives.TryGetValue(name, out var primitives) ? primitives.Select(primitive => $"System.{primitive}") : [name.Replace('+', '/')];
            found[name] = types = [.. modules.SelectMany(_ => names, (module, one) => module.GetType(one)).OfType<TypeDefinition>()];
        }

        return types;
    }

    private static MethodReference Filled(MethodDefinition method, TypeReference type, TypeReference[] arguments)
    {
        var reference = new MethodReference(method.Name, method.ReturnType, type) { HasThis = method.HasThis, ExplicitThis = method.ExplicitThis, CallingConvention = method.CallingConvention };
        foreach (var parameter in method.Parameters)
        {
            reference.Parameters.Add(new(parameter.ParameterType));
        }

        foreach (var parameter in method.GenericParameters)
        {
            reference.GenericParameters.Add(new(parameter.Name, reference));
        }

        if (arguments.Length == 0)
        {
            return reference;
        }

        var instance = new GenericInstanceMethod(reference);
        Array.ForEach(arguments, instance.GenericArguments.Add);
        return instance;
    }
}
