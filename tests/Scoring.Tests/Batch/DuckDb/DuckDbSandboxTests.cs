using Scoring.Batch.DuckDb;

namespace Scoring.Tests.Batch.DuckDb;

/// <summary>What stands behind the check of the SQL.</summary>
public sealed class DuckDbSandboxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sandbox-").FullName;

    [Theory]
    [InlineData("SELECT * FROM read_text('/etc/passwd')")]
    [InlineData("COPY (SELECT 1) TO '/tmp/sandbox-escape.csv'")]
    [InlineData("ATTACH '/tmp/sandbox-escape.db'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("SELECT * FROM 'http://127.0.0.1:1/x.csv'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET memory_limit = '100 GB'")]
    [InlineData("RESET lock_configuration")]
    public void Close_StatementThatLeavesTheSandbox_Fails(string sql)
    {
        using var connection = Closed(64L << 20);

        Assert.Throws<DuckDbException>(() => connection.Query(sql));
    }

    [Fact]
    public void Close_MoreMemoryThanAllowed_Fails()
    {
        using var connection = Closed(64L << 20);

        Assert.Throws<DuckDbException>(() => connection.Query("SELECT count(*) FROM (SELECT DISTINCT md5(i::VARCHAR) FROM range(4_000_000) t(i))"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private DuckDbConnection Closed(long memory)
    {
        var connection = DuckDbFiles.Open();
        var sandbox = new DuckDbSandbox(Path.Combine(folder, "spill"), memory, SpillBytes: 1L << 20, Threads: 2);
        sandbox.Prepare(connection);
        sandbox.Close(connection, [Path.Combine(folder, "allowed.csv")]);
        return connection;
    }
}
