using System.CommandLine;
using Scoring;
using Scoring.Outcomes.Reading;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary>The outcomes beside the repository that a command line names.</summary>
internal static class StoredOutcomes
{
    /// <summary>Opens them without reaching for them; null where there is no storage for them.</summary>
    public static IOutcomeFiles? Open(ToolContext context, ParseResult arguments)
    {
        var named = context.RepositoryOf(arguments);
        var storage = string.IsNullOrWhiteSpace(named) ? context.OpenStorage() : new StorageConnection(context.Configuration);
        return OutcomeFiles.Open(named, storage, context.Configuration[$"{ScoringOptions.Section}:{nameof(ScoringOptions.OutcomesContainer)}"] ?? OutcomeFiles.DefaultContainer);
    }
}
