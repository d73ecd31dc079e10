using System.Reflection;

namespace Scoring.Tests;

public sealed class HouseTests
{
    [Fact]
    public void Scoring_References_NeitherAspNetNorFunctions()
        => Assert.DoesNotContain(
            typeof(ScoringException).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!),
            name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.Contains("Functions", StringComparison.Ordinal));

    [Theory]
    [InlineData("Scoring.Inference", "Scoring.Serving", "Scoring.Protocol", "Scoring.Batch", "Scoring.Repository")]
    [InlineData("Scoring.Features", "Scoring.Serving", "Scoring.Protocol", "Scoring.Batch", "Scoring.Repository")]
    [InlineData("Scoring.Calibration", "Scoring.Serving", "Scoring.Protocol", "Scoring.Batch", "Scoring.Repository", "Scoring.Inference")]
    [InlineData("Scoring.Repository", "Scoring.Serving", "Scoring.Protocol", "Scoring.Batch")]
    [InlineData("Scoring.Serving", "Scoring.Batch")]
    public void Room_Signatures_PointOneWay(string room, params string[] forbidden)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var used = typeof(ScoringException).Assembly.GetTypes().Where(type => InRoom(type, room)).SelectMany(type =>
            type.GetFields(All).Select(field => (type, field.FieldType))
                .Concat(type.GetMethods(All).SelectMany(method => method.GetParameters()).Select(parameter => (type, parameter.ParameterType)))
                .Concat(type.GetConstructors(All).SelectMany(constructor => constructor.GetParameters()).Select(parameter => (type, parameter.ParameterType))));

        Assert.DoesNotContain(used, use => forbidden.Any(other => InRoom(use.Item2, other)));
    }

    private static bool InRoom(Type type, string room)
        => type.Namespace is { } space && (space == room || space.StartsWith(room + ".", StringComparison.Ordinal));
}
