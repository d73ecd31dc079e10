namespace Scoring.Batch;

/// <summary>The containers and queues of jobs.</summary>
public static class BatchNames
{
    /// <summary>Container of what jobs remember: <c>{id}/job.json</c>, <c>status.json</c>, the plan, staged input, markers.</summary>
    public const string Jobs = "jobs";

    /// <summary>Container of the outputs.</summary>
    public const string Scores = "scores";

    /// <summary>Container of what must outlive the jobs: their container's blobs are deleted after some days. It holds the verdicts on models too.</summary>
    internal const string Secrets = "verdicts";

    /// <summary>Queue on which callers ask for jobs. A message that can never succeed ends in <c>score-requests-poison</c> and stays there.</summary>
    public const string Requests = "score-requests";

    /// <summary>Queue of the steps of planned jobs: scans and chunks.</summary>
    public const string Steps = "score-steps";

    /// <summary>Queue of the steps that are not to wait behind large jobs' chunks: scans, the chunks of small jobs, and those of jobs of high priority.</summary>
    public const string FirstSteps = "score-steps-first";

    /// <summary>As <see cref="PoisonSteps"/>, of <see cref="FirstSteps"/>.</summary>
    public const string PoisonFirstSteps = "score-steps-first-poison";

    /// <summary>Queue on which callers tell what came of predictions. A message of which nothing can be taken ends in <c>outcomes-poison</c> and stays there.</summary>
    public const string Outcomes = "outcomes";

    /// <summary>Where the host puts steps whose tries are used up; a function takes them from there.</summary>
    public const string PoisonSteps = "score-steps-poison";
}
