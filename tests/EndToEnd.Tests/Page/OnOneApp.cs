namespace EndToEnd.Tests.Page;

/// <summary>The tests of the page run one after another, on one app and one browser.</summary>
[CollectionDefinition(Name)]
public sealed class OnOneApp : ICollectionFixture<PageApp>
{
    public const string Name = "page";
}
