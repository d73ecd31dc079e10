namespace Triggers;

/// <summary>What the key of a caller is for. On Azure's host a key belongs to a function: a purpose is the functions that one caller's key is set on.</summary>
public enum KeyPurpose
{
    /// <summary>Scores, and sees what can be scored.</summary>
    Scoring,

    /// <summary>Submits jobs and looks after its own.</summary>
    Jobs,

    /// <summary>Tells what came of predictions.</summary>
    Outcomes,

    /// <summary>Looks after the app: its metrics, calibration and drift, loading and unloading, every job.</summary>
    Operations,
}
