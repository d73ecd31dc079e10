using Scoring.Batch;

namespace Scoring.Tests.House;

/// <summary>Who may use whom in the engine, held over signatures and method bodies of the built library.</summary>
public sealed class HouseTests
{
    // Every room of the engine with the rooms that it may use. The engine's own root (errors, options, registration) is no room.
    private static readonly Dictionary<string, string[]> Uses = new(StringComparer.Ordinal)
    {
        ["Onnx"] = [],
        ["Telemetry"] = [],
        ["Csv"] = [],
        ["Configuration"] = ["Telemetry"],
        ["Repository"] = [],
        ["Calibration"] = ["Configuration"],
        ["Outcomes"] = ["Calibration", "Configuration", "Repository", "Telemetry"],
        ["Inference"] = ["Configuration", "Onnx"],
        ["Features"] = ["Configuration", "Inference"],
        ["Serving"] = ["Calibration", "Configuration", "Csv", "Features", "Inference", "Outcomes", "Repository", "Telemetry"],
        ["Protocol"] = ["Calibration", "Configuration", "Features", "Inference", "Outcomes", "Repository", "Serving", "Telemetry"],
    };

    private static readonly RoomUses Engine = RoomUses.Of(typeof(ScoringException).Assembly.Location, "Scoring");

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var (room, other) in Uses.Keys.SelectMany(room => Uses.Keys.Select(other => (room, other))).Where(pair => pair.room != pair.other))
        {
            pairs.Add(room, other);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Room_OfAnother_UsesOnlyWhatLiesBelow(string room, string other)
    {
        if (!Uses[room].Contains(other))
        {
            Assert.Empty(Engine.Between(room, other));
        }
    }

    [Fact]
    public void Room_Every_IsInTheTable() => Assert.Equal(Uses.Keys.Order(StringComparer.Ordinal), Engine.Rooms);

    [Fact]
    public void Room_OfTheTable_IsUsedAsItSays() => Assert.All(Uses, room => Assert.All(room.Value, other => Assert.NotEmpty(Engine.Between(room.Key, other))));

    [Fact]
    public void Room_UsesOfTheTable_NeverComeBack()
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (room, others) in Uses)
        {
            Assert.All(others, other => Assert.Contains(other, below));
            below.Add(room);
        }
    }

    [Fact]
    public void RoomUses_UseInsideAMethodBody_IsSeen()
    {
        var tests = RoomUses.Of(typeof(HouseTests).Assembly.Location, "Scoring.Tests.House.Sample");

        Assert.Contains("Upper.Quiet.Count -> Lower.Counter", tests.Between("Upper", "Lower"));
        Assert.Empty(tests.Between("Lower", "Upper"));
    }

    [Fact]
    public void Scoring_References_NeitherAspNetNorFunctions()
        => Assert.DoesNotContain(
            new[] { typeof(ScoringException), typeof(BatchServices) }.SelectMany(type => type.Assembly.GetReferencedAssemblies()).Select(reference => reference.Name!),
            name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.Contains("Functions", StringComparison.Ordinal));

    [Fact]
    public void Scoring_References_NotItsJobs()
        => Assert.DoesNotContain("Scoring.Batch", typeof(ScoringException).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!));
}
