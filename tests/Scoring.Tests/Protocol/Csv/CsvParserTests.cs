using System.Text;
using Scoring.Csv;

namespace Scoring.Tests.Protocol.Csv;

public sealed class CsvParserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData(",", "|")]
    [InlineData("a,,c", "a||c")]
    [InlineData("a,b,", "a|b|")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"a\"\"b\"\"\",\"\"", "a\"b\"|")]
    [InlineData("\"line\nbreak\",2", "line\nbreak|2")]
    [InlineData("5\" pipe,\"x\"", "5\" pipe|x")]
    [InlineData("\"a\"b\"c,d", "ab\"c|d")]
    [InlineData("\"open,d", "open,d")]
    [InlineData("\"\"\"\",x", "\"|x")]
    [InlineData("é,日本", "é|日本")]
    public void Parse_Record_GivesItsFields(string record, string expected)
    {
        var row = new CsvParser().Parse(Encoding.UTF8.GetBytes(record));

        var fields = new List<string>();
        for (var i = 0; i < row.FieldCount; i++)
        {
            fields.Add(Encoding.UTF8.GetString(row[i]));
        }

        Assert.Equal(expected, string.Join('|', fields));
    }

    [Fact]
    public void Parse_RecordWiderThanAnyBefore_GivesAllItsFields()
    {
        var row = new CsvParser().Parse(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 1000))));

        Assert.Equal(1000, row.FieldCount);
        Assert.Equal("999", Encoding.UTF8.GetString(row[999]));
    }
}
