using Scoring.Batch.DuckDb;

namespace Scoring.Tests.Batch.DuckDb;

public sealed class DuckDbConnectionTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Interrupt_WhileAQueryRuns_EndsIt()
    {
        using var connection = DuckDbFiles.Open();
        var query = Task.Run(() => connection.Query("SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b WHERE md5((a.range + b.range)::VARCHAR) = ''"));

        // One that comes before the query is lost, so it is said until it is heard.
        while (await Task.WhenAny(query, Task.Delay(TimeSpan.FromMilliseconds(20))) != query)
        {
            connection.Interrupt();
        }

        var ended = await Assert.ThrowsAsync<DuckDbException>(() => query.WaitAsync(Longest));
        Assert.Contains("INTERRUPT", ended.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Query_Refused_TellsDuckDbsOwnReasonAndServesOn()
    {
        using var connection = DuckDbFiles.Open();

        var refused = Assert.Throws<DuckDbException>(() => connection.Query("SELECT nothing"));

        Assert.Contains("\"nothing\"", refused.Message, StringComparison.Ordinal);
        Assert.Equal("7", connection.Query("SELECT 7")[0][0]);
    }
}
