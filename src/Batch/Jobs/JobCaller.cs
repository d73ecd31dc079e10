namespace Scoring.Batch.Jobs;

/// <summary>Who asks about jobs. A job belongs to the key that it was submitted with; one from the queue belongs to nobody.</summary>
/// <param name="Owner">What stands for the caller's key, as <see cref="JobOwners"/> makes it; null for a caller without one.</param>
/// <param name="SeesAll">True for the holder of an operations key, and for whoever reads the storage anyway.</param>
/// <param name="SeesOwnerless">True where jobs of nobody are everybody's.</param>
/// <param name="Name">What stands for the caller in the audit and in counts, and holds no secret; null where nothing tells.</param>
public sealed record JobCaller(string? Owner, bool SeesAll, bool SeesOwnerless, string? Name = null)
{
    /// <summary>A caller that may do everything: a program with the storage's own rights.</summary>
    public static JobCaller Storage { get; } = new(null, SeesAll: true, SeesOwnerless: true);

    /// <summary>Whether a job is there for this caller.</summary>
    /// <param name="owner">The job's; null for a job of nobody.</param>
    public bool Sees(string? owner) => SeesAll || (owner is null ? SeesOwnerless : owner == Owner);
}
