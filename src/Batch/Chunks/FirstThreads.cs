using Microsoft.Extensions.Options;

namespace Scoring.Batch.Chunks;

/// <summary>The threads of small jobs and scans: they do not wait for the chunks of large jobs, and get more of the processors than those. Thread safe.</summary>
internal sealed class FirstThreads(IOptions<BatchOptions> options) : BatchThreads(options, FirstNice)
{
    // The kernel gives a thread of nice 5 three times the time of one of nice 10.
    private const int FirstNice = 5;
}
