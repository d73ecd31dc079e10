namespace Scoring;

/// <summary>When a version is tried in a process of its own before a serving process loads it.</summary>
public enum ProbePolicy
{
    /// <summary>
    /// Always, unless it cannot be: without the probe's executable a version is loaded unprobed; without memory for a second process it waits
    /// while another version serves, and is loaded unprobed where none does. Both are logged and shown.
    /// </summary>
    WhenPossible,

    /// <summary>Always; a version that cannot be probed waits, even if nothing serves meanwhile.</summary>
    Always,

    /// <summary>Never; crash markers alone keep a process from loading twice what killed the one before.</summary>
    Never,
}
