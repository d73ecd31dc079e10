namespace Scoring.Serving;

/// <summary>What a run of a model costs, measured by how long each holds its slot. Thread safe: two runs that end at one moment may count as one.</summary>
internal sealed class RunCost
{
    // The first runs of a process are slower than those that follow, so the least of them is taken. Later ones move the mean by an eighth each.
    private const int FirstRuns = 4;
    private const double Step = 1.0 / 8;

    // A thread that the system kept from running for a while makes a run of microseconds look like one of tens of milliseconds. So one run counts for eight times the mean at most:
    // a model that becomes slow for good is known to be after a dozen runs.
    private const double MaxOfMean = 8;

    // A run of so many seconds is no slow first one.
    private const double Evident = 0.5;

    // How much longer than the mean a run is reckoned to take where it must be over in time, in mean deviations. More would refuse many that are answered in time.
    private const double Caution = 1.5;

    private double seconds;
    private double deviation;
    private double requests = 1;
    private int runs;

    /// <summary>Seconds of one run; 0 before the first.</summary>
    public double OfRun => Volatile.Read(ref seconds);

    /// <summary>Whether the runs so far tell more than that the process has just begun, or had no processor to spare.</summary>
    public bool IsKnown => Volatile.Read(ref runs) >= FirstRuns;

    /// <summary>Seconds of one request: less than a run where requests share runs.</summary>
    public double OfRequest => OfRun / Volatile.Read(ref requests);

    /// <summary>By how much a run, or several, is to be reckoned longer than its mean where it must be over in time: 1 where all took the same.</summary>
    public double Margin => OfRun is > 0 and var mean ? 1 + (Caution * Volatile.Read(ref deviation) / mean) : 1;

    /// <summary>Takes note of a run.</summary>
    /// <param name="took">Seconds.</param>
    /// <param name="shared">Requests that it answered, at least 1.</param>
    public void Add(double took, int shared)
    {
        var count = Volatile.Read(ref runs);
        var known = OfRun;
        if (count < FirstRuns)
        {
            Volatile.Write(ref runs, took < Evident ? count + 1 : FirstRuns);
            Volatile.Write(ref seconds, count == 0 || took >= Evident ? took : Math.Min(known, took));
        }
        else
        {
            var difference = Math.Min(took, known * MaxOfMean) - known;
            var usual = Volatile.Read(ref deviation);
            Volatile.Write(ref deviation, usual + ((Math.Abs(difference) - usual) * Step));
            Volatile.Write(ref seconds, known + (difference * Step));
        }

        var mean = Volatile.Read(ref requests);
        Volatile.Write(ref requests, mean + ((shared - mean) * Step));
    }
}
