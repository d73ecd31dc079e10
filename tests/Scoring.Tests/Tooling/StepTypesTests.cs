using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModelTool.Native;

namespace Scoring.Tests.Tooling;

/// <summary>What the tool writes as JSON is written by code that was generated for it: no form of the tool has another way.</summary>
public sealed class StepTypesTests
{
    public static TheoryData<Type> Steps() => [.. typeof(StepHost).Assembly.GetTypes().Where(type => type.GetMethod("Run", [typeof(StepProgress)]) is not null)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void Step_Every_IsKnown(Type step) => Assert.Equal(JsonTypeInfoKind.Object, StepJson.Line.GetTypeInfo(step).Kind);

    [Fact]
    public void Enum_AnywhereInAReport_IsAWord()
    {
        var enums = new HashSet<Type>();
        var seen = new HashSet<Type>();
        foreach (var attribute in typeof(StepTypes).GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute)))
        {
            Visit((Type)attribute.ConstructorArguments[0].Value!, seen, enums);
        }

        Assert.NotEmpty(enums);
        Assert.All(enums, one => Assert.Equal('"', JsonSerializer.Serialize(Enum.GetValues(one).GetValue(0), StepJson.Line.GetTypeInfo(one))[0]));
    }

    private static void Visit(Type type, HashSet<Type> seen, HashSet<Type> enums)
    {
        if (!seen.Add(type))
        {
            return;
        }

        if (type.IsEnum)
        {
            enums.Add(type);
        }

        Type[] parts = type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments();
        foreach (var part in parts)
        {
            Visit(part, seen, enums);
        }

        if (parts.Length == 0 && StepJson.Line.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } known)
        {
            foreach (var property in known.Properties.Where(property => property.Get is not null))
            {
                Visit(property.PropertyType, seen, enums);
            }
        }
    }
}
