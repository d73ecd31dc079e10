namespace Scoring.Serving;

/// <summary>How a rollout stands.</summary>
public enum RolloutState
{
    /// <summary>Its share grows.</summary>
    Running,

    /// <summary>Its share stays until it is resumed.</summary>
    Paused,

    /// <summary>It has the share of its last step, until it is finished or aborted.</summary>
    AtLastStep,

    /// <summary>Its shares never change.</summary>
    Endless,
}
