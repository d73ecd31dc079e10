using System.Text;
using Scoring.Batch.Messages;

namespace Scoring.Tests.Batch.Messages;

public sealed class StoredJobTests
{
    [Theory]
    [InlineData("""{"id":"x","stored":true}""", "x")]
    [InlineData("""{"stored":true,"id":"x"}""", "x")]
    [InlineData("""{"id":"x","stored":false}""", null)]
    [InlineData("""{"id":"x"}""", null)]
    [InlineData("""{"id":"../x","stored":true}""", null)]
    [InlineData("""{"id":"x","stored":true,"model":"m"}""", null)]
    [InlineData("no json", null)]
    public void FindId_Message_GivesTheIdOfAStoredJobOnly(string json, string? expected) =>
        Assert.Equal(expected, StoredJob.FindId(Encoding.UTF8.GetBytes(json)));
}
