namespace Scoring.Tests;

/// <summary>Folders of the server in what callers are told.</summary>
public sealed class ServerPathsTests
{
    public ServerPathsTests() => ServerPaths.Hide("/srv/hidden-models");

    [Theory]
    [InlineData("Could not find '/srv/hidden-models/m/1/weights.bin'.", "Could not find 'weights.bin'.")]
    [InlineData("No space left on device : '/srv/hidden-models/temp/a b/c'", "No space left on device : 'a b/c'")]
    [InlineData("The probe is not in /srv/hidden-models.", "The probe is not in its folder.")]
    [InlineData("/srv/hidden-models/a: refused, /srv/hidden-models/b/ too", "a: refused, b too")]
    [InlineData("model.json: /features/0/name is missing", "model.json: /features/0/name is missing")]
    [InlineData("/srv/hidden-models-of-others/a", "/srv/hidden-models-of-others/a")]
    public void Message_OfAFailureToCallers_NamesNoFolderOfTheServer(string message, string shown) =>
        Assert.Equal(shown, new ScoringException(ErrorCode.ModelUnavailable, message).Message);
}
