namespace Scoring.Http.Identity;

/// <summary>What an identity may do: the app roles that a directory assigns, by these names.</summary>
[Flags]
public enum CallerRoles
{
    /// <summary>Nothing beyond what is open to anybody.</summary>
    None = 0,

    /// <summary>Scores, and sees what can be scored.</summary>
    Score = 1,

    /// <summary>Submits jobs and looks after its own.</summary>
    Batch = 2,

    /// <summary>Looks after the app: metrics, loading and unloading, every job.</summary>
    Publish = 4,

    /// <summary>Sees models and metrics, and changes nothing.</summary>
    Read = 8,

    /// <summary>Tells what came of predictions: apart from scoring, since it decides how good a version looks.</summary>
    Outcomes = 16,
}
