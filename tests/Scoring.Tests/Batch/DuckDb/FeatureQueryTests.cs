using Scoring.Batch.DuckDb;

namespace Scoring.Tests.Batch.DuckDb;

public sealed class FeatureQueryTests
{
    [Theory]
    [InlineData("SELECT * FROM input")]
    [InlineData("WITH s AS (SELECT user, count(*) AS n FROM input GROUP BY user) SELECT n, sum(n) OVER () FROM s ORDER BY 1;")]
    [InlineData("SELECT a.x FROM input a JOIN input b USING (x) WHERE x IN (SELECT unnest([1, 2]))")]
    [InlineData("SELECT i FROM input, range(3) t(i)")]
    public void Check_SelectOverTheInput_IsTaken(string sql)
    {
        using var connection = DuckDbFiles.Open();

        FeatureQuery.Check(connection, sql);
    }

    [Theory]
    [InlineData("CREATE TABLE x AS SELECT 1", "SELECT")]
    [InlineData("DELETE FROM input", "SELECT")]
    [InlineData("COPY input TO '/tmp/x'", "SELECT")]
    [InlineData("SET threads = 1", "SELECT")]
    [InlineData("INSTALL httpfs", "SELECT")]
    [InlineData("ATTACH '/tmp/x.db'", "SELECT")]
    [InlineData("SELECT 1; SELECT 2", "2 statements")]
    [InlineData("SELECT 1; DROP TABLE input", "SELECT")]
    [InlineData("no sql", "syntax error")]
    [InlineData("SELECT random() FROM input", "'random'")]
    [InlineData("SELECT x FROM input ORDER BY random()", "'random'")]
    [InlineData("SELECT uuid(), now(), gen_random_uuid() FROM input", "'now'")]
    [InlineData("SELECT current_timestamp FROM input", "'current_timestamp'")]
    [InlineData("SELECT today() - day FROM input", "'today'")]
    [InlineData("SELECT * FROM '/etc/passwd'", "'/etc/passwd'")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')", "'read_csv'")]
    [InlineData("SELECT * FROM input WHERE x IN (SELECT content FROM read_text('/etc/passwd'))", "'read_text'")]
    [InlineData("SELECT * FROM glob('/*')", "'glob'")]
    [InlineData("SELECT * FROM duckdb_settings()", "'duckdb_settings'")]
    [InlineData("SELECT * FROM information_schema.tables", "'information_schema.tables'")]
    [InlineData("SELECT * FROM query('SELECT 1')", "'query'")]
    [InlineData("SELECT current_setting('memory_limit')", "'current_setting'")]
    [InlineData("SELECT * FROM input USING SAMPLE 10", "sample")]
    [InlineData("SELECT * FROM input TABLESAMPLE 10%", "sample")]
    public void Check_AnythingElse_IsRefusedByName(string sql, string named)
    {
        using var connection = DuckDbFiles.Open();

        var exception = Assert.Throws<ScoringException>(() => FeatureQuery.Check(connection, sql));

        Assert.Equal(ErrorCode.InvalidValue, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }
}
