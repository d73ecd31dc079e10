using Scoring.Repository;

namespace Scoring.Tests.Repository;

public sealed class PackageNamesTests
{
    [Theory]
    [InlineData("intent", true)]
    [InlineData("A.b_c-9", true)]
    [InlineData("9", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("-dash", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a%2Fb", false)]
    [InlineData("a b", false)]
    [InlineData("a+b", false)]
    [InlineData("ä", false)]
    [InlineData("..", false)]
    public void IsModel_Name_AsTheContractSays(string name, bool expected) => Assert.Equal(expected, PackageNames.IsModel(name));

    [Fact]
    public void RequireModel_PlusSign_IsRefusedWithTheReason()
    {
        var refused = Assert.Throws<ScoringException>(() => PackageNames.RequireModel("gpt2+crf"));

        Assert.Equal(ErrorCode.ModelNotFound, refused.Code);
        Assert.Contains("'gpt2+crf' is no model's name", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'+', mean something else in an address or a path", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsModel_Length_AtMost64()
    {
        Assert.True(PackageNames.IsModel(new string('a', 64)));
        Assert.False(PackageNames.IsModel(new string('a', 65)));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("10", true)]
    [InlineData("999999999", true)]
    [InlineData("0", false)]
    [InlineData("01", false)]
    [InlineData("-1", false)]
    [InlineData("1.0", false)]
    [InlineData("1000000000", false)]
    [InlineData("", false)]
    [InlineData("٣", false)]
    public void IsVersion_Text_PositiveWholeNumbersOnly(string version, bool expected) => Assert.Equal(expected, PackageNames.IsVersion(version));

    [Theory]
    [InlineData("model.onnx", true)]
    [InlineData("data/weights.bin", true)]
    [InlineData("../model.onnx", false)]
    [InlineData("data/../../x", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("data//x", false)]
    [InlineData("c:\\x", false)]
    [InlineData("a\0b", false)]
    [InlineData(".hidden", false)]
    public void IsPath_Path_StaysInsideThePackage(string path, bool expected) => Assert.Equal(expected, PackageNames.IsPath(path));
}
