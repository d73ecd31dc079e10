namespace Scoring.Outcomes.Counts;

/// <summary>What one process counts into a file of its own, which is written over as the count grows. Thread safe.</summary>
internal interface IGrowingFile
{
    /// <summary>Where it lies. No other process has the same: its name holds a number by chance.</summary>
    string Path { get; }

    /// <summary>Rises with everything that is counted.</summary>
    long Count { get; }

    /// <summary>The whole content now.</summary>
    byte[] ToBytes();

    /// <summary>Whether nothing more is expected to be counted. What is counted all the same goes into another file.</summary>
    bool IsOver(DateTimeOffset now);

    /// <summary>It was let go.</summary>
    void Close();
}
