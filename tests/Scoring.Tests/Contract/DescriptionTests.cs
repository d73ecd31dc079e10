using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Telemetry;

namespace Scoring.Tests.Contract;

/// <summary>openapi.json against what the code reads and writes, both ways: nothing of it is left out, and nothing else is described.</summary>
public sealed class DescriptionTests
{
    [Fact]
    public void Job_Request_HasTheMembersThatTheParserReads()
    {
        Assert.Equal(JobRequestParser.Members.Keys.Order(), DescribedMembers.Properties("JobRequest").Order());
        Assert.Equal(JobRequestParser.InputMembers.Keys.Order(), DescribedMembers.Properties("JobInput").Order());
    }

    [Fact]
    public void Job_View_HasTheMembersThatAreWritten()
    {
        AssertMembers("Job", JobsJson.Default.JobView);
        AssertMembers("JobError", JobsJson.Default.JobError);
        AssertMembers("RejectedMessage", JobsJson.Default.RejectedMessage);
    }

    [Fact]
    public void Model_Description_HasTheMembersThatAreWritten()
    {
        var members = new DescribedMembers();
        foreach (var description in ModelDescriptions.All())
        {
            members.Add("Model", description);
        }

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Metrics_Snapshot_HasTheMembersThatAreWritten()
    {
        var members = new DescribedMembers().Add("Metrics", BusyMetrics.Snapshot());

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Calibration_Answer_HasTheMembersThatAreWritten()
    {
        var members = new DescribedMembers().Add("ModelCalibration", CalibrationAnswer.Any());

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Drift_Answer_HasTheMembersThatAreWritten()
    {
        var members = new DescribedMembers().Add("ModelDrift", DriftAnswer.Any());

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Score_Answers_HaveTheMembersThatAreWritten()
    {
        var members = new DescribedMembers();
        foreach (var answer in ModelDescriptions.Answers())
        {
            members.Add("ScoreResponse", answer);
        }

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Embeddings_Answer_HasTheMembersThatAreWritten()
    {
        var members = new DescribedMembers().Add("EmbeddingsResponse", ModelDescriptions.Embeddings());

        Assert.Empty(members.Undescribed);
        Assert.Empty(members.Unwritten);
    }

    [Fact]
    public void Confidence_Bins_AreAllThatAModelHas() =>
        Assert.Equal(ConfidenceSeries.BinCount, BusyMetrics.Snapshot()["models"]![0]!["confidence"]!["bins"]!.AsArray().Count);

    [Fact]
    public void Types_OfTheDescription_AreOneOrOneAndNull()
    {
        var types = Nodes(DescribedMembers.Document).OfType<JsonObject>().Select(node => node["type"]).OfType<JsonArray>()
            .Select(several => several.Select(type => type!.GetValue<string>()).ToArray());

        Assert.All(types, several =>
        {
            Assert.Equal(2, several.Length);
            Assert.Equal("null", several[1]);
        });
    }

    [Fact]
    public void Arrays_OfTheDescription_SayWhatIsInThem() => Assert.All(
        Nodes(DescribedMembers.Document).OfType<JsonObject>().Where(node => node["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name == "array"),
        node => Assert.NotNull(node["items"]));

    private static void AssertMembers(string schema, JsonTypeInfo type)
    {
        var members = DescribedMembers.Schema(schema)["properties"]!.AsObject();
        Assert.Equal(type.Properties.Select(property => property.Name).Order(), members.Select(property => property.Key).Order());
        Assert.All(type.Properties, property =>
        {
            var rules = members[property.Name]!.AsObject();
            var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (plain == typeof(DateTimeOffset))
            {
                Assert.Equal("date-time", (string?)rules["format"]);
            }
            else if (plain.IsEnum)
            {
                var values = Enum.GetValues(plain).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, plain)!.GetValue<string>());
                var described = (string?)rules["$ref"] is { } reference ? DescribedMembers.Schema(reference.Split('/')[^1]) : rules;
                Assert.Equal(values, described["enum"]!.AsArray().Select(value => value!.GetValue<string>()));
            }
            else if (plain.IsClass && plain != typeof(string))
            {
                Assert.True(rules["$ref"] is not null, property.Name);
            }
        });
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        var inner = node switch
        {
            JsonObject value => value.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return inner.OfType<JsonNode>().SelectMany(Nodes).Prepend(node);
    }
}
