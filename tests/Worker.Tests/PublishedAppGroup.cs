namespace Worker.Tests;

/// <summary>The tests that share one published app; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class PublishedAppGroup : ICollectionFixture<PublishedApp>
{
    public const string Name = "published app";
}
