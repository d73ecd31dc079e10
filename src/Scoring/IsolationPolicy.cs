namespace Scoring;

/// <summary>Which models run in a process of their own, beside those whose <c>model.json</c> asks for it.</summary>
public enum IsolationPolicy
{
    /// <summary>No others.</summary>
    None,

    /// <summary>Those without golden cases: nothing shows that any run of theirs ends well.</summary>
    Unproven,

    /// <summary>All.</summary>
    All,
}
