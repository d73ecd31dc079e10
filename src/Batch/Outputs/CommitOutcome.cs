namespace Scoring.Batch.Outputs;

/// <summary>What came of a commit.</summary>
internal enum CommitOutcome
{
    /// <summary>The output stands, by this commit or an earlier one of the same job.</summary>
    Committed,

    /// <summary>Another writer's blob has the output's name.</summary>
    Foreign,

    /// <summary>Staged blocks are gone, as they are after seven days.</summary>
    BlocksLost,
}
