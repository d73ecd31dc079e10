using System.Globalization;
using Scoring.Configuration;
using Scoring.Outcomes.Reading;

namespace Scoring.Outcomes.Counts;

/// <summary>Receipts that this process gave out on one day (UTC) for one content of one version, by minute. Thread safe.</summary>
internal sealed class ReceiptCount : IGrowingFile
{
    // A job that goes on for days has the receipts of the day on which it began.
    private static readonly TimeSpan LetGoAfter = TimeSpan.FromDays(2);

    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly int[] minutes = new int[StoredReceiptCount.MinutesOfDay];
    private readonly string content;
    private readonly string task;
    private readonly long day;
    private volatile bool isClosed;

    /// <param name="model">The model's name.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="content">First bytes of the content hash, in hex.</param>
    /// <param name="task">What the model does.</param>
    /// <param name="day">Days since 1970.</param>
    public ReceiptCount(string model, string version, string content, ModelTask task, long day)
    {
        (Model, Version, this.content, this.task, this.day) = (model, version, content, OutcomeLine.NameOf(task), day);
        Path = string.Create(CultureInfo.InvariantCulture, $"{model}/{version}/{Date:yyyy-MM-dd}/{OutcomeFile.CountPrefix}{id}{OutcomeFile.CountExtension}");
    }

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The version's number.</summary>
    public string Version { get; }

    /// <summary>Whether it takes no more.</summary>
    public bool IsClosed => isClosed;

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public long Count
    {
        get
        {
            var total = 0L;
            foreach (ref var minute in minutes.AsSpan())
            {
                total += Volatile.Read(ref minute);
            }

            return total;
        }
    }

    private DateOnly Date => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)day);

    /// <summary>Whether a receipt of that time is counted here.</summary>
    /// <param name="issued">Seconds since 1970.</param>
    public bool Takes(long issued) => issued / StoredReceiptCount.SecondsOfDay == day && !isClosed;

    /// <summary>Counts a receipt that is given out; allocates nothing.</summary>
    /// <param name="issued">Seconds since 1970, on this day.</param>
    public void Add(long issued) => Interlocked.Increment(ref minutes[issued % StoredReceiptCount.SecondsOfDay / 60]);

    /// <summary>What is counted so far.</summary>
    public StoredReceiptCount Snapshot() => new(id, content, task, Date, [.. minutes.Index().Where(minute => minute.Item > 0)]);

    /// <inheritdoc/>
    public byte[] ToBytes() => Snapshot().ToLine();

    /// <inheritdoc/>
    public bool IsOver(DateTimeOffset now) => now.UtcDateTime >= Date.AddDays(1).ToDateTime(TimeOnly.MinValue) + LetGoAfter;

    /// <inheritdoc/>
    public void Close() => isClosed = true;
}
