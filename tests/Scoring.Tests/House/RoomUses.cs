using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Scoring.Tests.House;

/// <summary>Which rooms of a library use which, read from its metadata and from the instructions of its methods. A room is the part of a namespace that follows the root.</summary>
internal sealed class RoomUses
{
    private readonly string root;
    private readonly HashSet<(string Room, string Other, string Where)> uses = [];
    private readonly SortedSet<string> rooms = new(StringComparer.Ordinal);

    private RoomUses(string root) => this.root = root + ".";

    /// <summary>The rooms that hold a type of the library's own, in order.</summary>
    public IEnumerable<string> Rooms => rooms;

    /// <summary>Reads the library at <paramref name="path"/>.</summary>
    public static RoomUses Of(string path, string root)
    {
        var uses = new RoomUses(root);
        using var library = AssemblyDefinition.ReadAssembly(path);
        foreach (var type in library.MainModule.GetTypes())
        {
            uses.Read(type);
        }

        return uses;
    }

    /// <summary>Where <paramref name="room"/> uses <paramref name="other"/>: <c>Room.Type.Member -> Other.Type</c>, in order.</summary>
    public IReadOnlyList<string> Between(string room, string other)
        => [.. uses.Where(use => use.Room == room && use.Other == other).Select(use => use.Where).Order(StringComparer.Ordinal)];

    private void Read(TypeDefinition type)
    {
        if (RoomOf(type) is not { } room)
        {
            return;
        }

        rooms.Add(room);
        Note(room, type.Name, "base", type.BaseType);
        Note(room, type.Name, "interface", [.. type.Interfaces.Select(implemented => implemented.InterfaceType)]);
        Note(room, type.Name, "attribute", [.. type.CustomAttributes.Select(attribute => attribute.AttributeType)]);
        foreach (var field in type.Fields)
        {
            Note(room, type.Name, field.Name, field.FieldType);
        }

        foreach (var method in type.Methods)
        {
            Note(room, type.Name, method.Name, [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)]);
            if (method.HasBody)
            {
                Note(room, type.Name, method.Name, [.. method.Body.Variables.Select(variable => variable.VariableType)]);
                foreach (var instruction in method.Body.Instructions)
                {
                    Note(room, type.Name, method.Name, [.. Operands(instruction)]);
                }
            }
        }
    }

    private static IEnumerable<TypeReference?> Operands(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private void Note(string room, string type, string member, params TypeReference?[] used)
    {
        foreach (var other in used.SelectMany(Parts))
        {
            if (RoomOf(other) is { } found && found != room)
            {
                uses.Add((room, found, $"{room}.{type}.{member} -> {found}.{other.Name}"));
            }
        }
    }

    // A list of a type, an array of it and a type inside it all use it.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => type.DeclaringType is null ? [type] : [type, .. Parts(type.DeclaringType)],
    };

    private string? RoomOf(TypeReference type)
    {
        var outermost = type;
        while (outermost.DeclaringType is { } outer)
        {
            outermost = outer;
        }

        return outermost.Namespace.StartsWith(root, StringComparison.Ordinal) ? outermost.Namespace[root.Length..].Split('.')[0] : null;
    }
}
