namespace Scoring;

/// <summary>Whether the processes that load packages are walled off from the rest of the machine.</summary>
public enum CagePolicy
{
    /// <summary>As far as the platform allows; what is missing is shown.</summary>
    Auto,

    /// <summary>Wholly: where a measure cannot be had, such a process opens no package, and the version waits.</summary>
    Required,

    /// <summary>Not at all.</summary>
    Off,
}
