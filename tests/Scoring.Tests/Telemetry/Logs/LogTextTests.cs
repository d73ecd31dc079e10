using Scoring.Telemetry.Logs;

namespace Scoring.Tests.Telemetry.Logs;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("found the text \"Smarch\"; expected one of Feb, Mar at /instances/0/Month", "found …; expected one of Feb, Mar at /instances/0/Month")]
    [InlineData("expected a number, found 51.5 at /x", "expected a number, found …")]
    [InlineData("Could not convert string 'Smarch' to INT32", "Could not convert string '…' to INT32")]
    [InlineData("[ErrorCode:Fail] node 'g' failed. Status Message: idx=5 must be within [0,2]", "[ErrorCode:Fail] node '…' failed. Status Message: …")]
    [InlineData("GET https://store.example/models/a?sv=1&sig=abc failed", "GET https://store.example/models/a?… failed")]
    [InlineData("AccountKey=abc== is wrong", "AccountKey=… is wrong")]
    [InlineData("Connection refused (127.0.0.1:10000)", "Connection refused (127.0.0.1:10000)")]
    public void Of_Cause_LeavesOutValuesAndSecrets(string cause, string expected) =>
        Assert.Equal($"Model intent failed: {expected}", LogText.Of([new("Model", "intent"), new("Cause", cause), new("{OriginalFormat}", "Model {Model} failed: {Cause}")], ""));

    [Fact]
    public void Of_LineThatTellsAKey_IsNothing() => Assert.Null(LogText.Of([new("Key", "abc"), new("{OriginalFormat}", "the key is {Key}")], "the key is abc"));

    [Fact]
    public void Of_LineWithoutATemplate_IsCleaned() => Assert.Equal("found …", LogText.Of([], "found 7"));

    [Fact]
    public void Of_Exception_IsItsFirstLineCleaned() =>
        Assert.Equal("The input string '…' was not in a correct format.", LogText.Of(new FormatException("The input string 'Smarch' was not in a correct format.\nLINE 1: SELECT 7")));
}
