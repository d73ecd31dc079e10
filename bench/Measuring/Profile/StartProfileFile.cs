using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Scoring.Bench.Measuring.Profile;

/// <summary>
/// Writes the generic methods that a start compiled as a profile (.mibc), from which crossgen2 compiles them ahead. It is an assembly in form: a method names one group of
/// methods after the assembly that they are compiled into, and the group's method loads the token of each.
/// </summary>
internal static class StartProfileFile
{
    /// <param name="file">Where to.</param>
    /// <param name="assembly">The published app's assembly, with its others beside it.</param>
    /// <param name="methods">As <see cref="StartProfile.Methods"/> has them.</param>
    /// <returns>How many of the methods are in it.</returns>
    public static int Write(string file, string assembly, IEnumerable<string> methods)
    {
        string[] folders = [Path.GetDirectoryName(assembly)!, Path.GetDirectoryName(typeof(object).Assembly.Location)!, Path.GetDirectoryName(typeof(Microsoft.AspNetCore.Http.HttpContext).Assembly.Location)!];
        using var all = new AssemblySet(folders);
        using var module = ModuleDefinition.CreateModule("start.mibc", ModuleKind.Dll);
        var global = module.GetType("<Module>");
        var group = Add("Methods");
        var count = 0;
        foreach (var name in methods.Distinct(StringComparer.Ordinal).Select(JitName.Parse).OfType<JitName>().Where(name => name.Type.Arguments.Count + name.Arguments.Count > 0))
        {
            var before = group.Body.Instructions.Count;
            foreach (var method in all.Find(name))
            {
                group.Body.GetILProcessor().Emit(OpCodes.Ldtoken, module.ImportReference(method));
                group.Body.GetILProcessor().Emit(OpCodes.Pop);
            }

            count += group.Body.Instructions.Count > before ? 1 : 0;
        }

        group.Body.GetILProcessor().Emit(OpCodes.Ret);
        var dictionary = Add("AssemblyDictionary").Body.GetILProcessor();
        dictionary.Emit(OpCodes.Ldstr, Path.GetFileNameWithoutExtension(assembly) + ";");
        dictionary.Emit(OpCodes.Ldtoken, group);
        dictionary.Emit(OpCodes.Pop);
        dictionary.Emit(OpCodes.Ret);
        module.Write(file);
        return count;

        MethodDefinition Add(string name)
        {
            var method = new MethodDefinition(name, MethodAttributes.Public | MethodAttributes.Static, module.TypeSystem.Void);
            global.Methods.Add(method);
            return method;
        }
    }
}
