namespace Scoring.Inference;

/// <summary>Why a run was asked to end before its time.</summary>
internal enum RunEnd
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Nobody waits for it: its caller left.</summary>
    CallerLeft,

    /// <summary>Its time is over.</summary>
    Deadline,

    /// <summary>The process shuts down.</summary>
    Stopping,
}
