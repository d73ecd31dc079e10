using System.Text;
using Scoring.Csv;

namespace Scoring.Tests.Protocol.Csv;

public sealed class CsvHeaderTests
{
    [Fact]
    public void Parse_QuotedNames_GivesThemWithoutQuotes() =>
        Assert.Equal(["a,b", "c"], CsvHeader.Parse("\"a,b\",c"u8).Names);

    [Fact]
    public void Parse_BlankAndDoubleNames_NamesEveryFault()
    {
        var exception = Assert.Throws<ScoringException>(() => CsvHeader.Parse("a,,b,a"u8));

        Assert.Equal(ErrorCode.InvalidValue, exception.Code);
        Assert.Equal(["/1", "/3"], exception.Faults.Select(fault => fault.Pointer));
        Assert.Contains("column 2", exception.Faults[0].Detail, StringComparison.Ordinal);
        Assert.Contains("'a' twice", exception.Faults[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NameThatIsNoUtf8_IsRefused() =>
        Assert.Contains("not UTF-8", Assert.Throws<ScoringException>(() => CsvHeader.Parse(Encoding.Latin1.GetBytes("a,é"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_NameThatIsMissing_SaysWhatThereIs() =>
        Assert.Contains("found a, b", Assert.Throws<ScoringException>(() => CsvHeader.Parse("a,b"u8).Find("c")).Message, StringComparison.Ordinal);
}
