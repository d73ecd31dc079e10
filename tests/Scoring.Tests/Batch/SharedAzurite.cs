using TestCommon;

namespace Scoring.Tests.Batch;

/// <summary>The batch tests share one emulator; their jobs have ids of their own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedAzurite : ICollectionFixture<Azurite>
{
    public const string Name = "batch on Azurite";
}
