namespace Scoring.Serving;

/// <summary>Why a version is not served, as metrics name it.</summary>
public enum RefusalKind
{
    /// <summary>What the repository holds is incomplete, altered or garbage.</summary>
    Package,

    /// <summary>ONNX Runtime or the configuration's check refuses it with a message.</summary>
    Load,

    /// <summary>Loading or running it killed the probe.</summary>
    Crash,

    /// <summary>The probe did not end within <see cref="ScoringOptions.ProbeTimeout"/>.</summary>
    Timeout,

    /// <summary>The probe took more than <see cref="ScoringOptions.ProbeMemoryBytes"/>.</summary>
    Memory,

    /// <summary>A golden case gave another prediction than it must.</summary>
    Golden,

    /// <summary>A process that served died while loading it.</summary>
    Marker,
}
