using System.Globalization;

namespace EndToEnd.Tests.Hostile;

/// <summary>How many threads of the machine ran or waited for a processor, on average.</summary>
internal sealed class RunnableThreads : IDisposable
{
    private const string Line = "procs_running ";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Timer timer;
    private double sum;
    private int looks;

    /// <summary>Begins to look.</summary>
    public RunnableThreads() => timer = new Timer(_ => Look(), null, TimeSpan.Zero, Period);

    /// <summary>Their mean so far, without the one that looks; at least as many as there are processors.</summary>
    public int Mean
    {
        get
        {
            lock (gate)
            {
                return Math.Max(Environment.ProcessorCount, (int)Math.Round((sum / Math.Max(1, looks)) - 1));
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var running = int.Parse(File.ReadLines("/proc/stat").First(line => line.StartsWith(Line, StringComparison.Ordinal))[Line.Length..], CultureInfo.InvariantCulture);
        lock (gate)
        {
            sum += running;
            looks++;
        }
    }
}
