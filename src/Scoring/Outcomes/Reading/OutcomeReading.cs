namespace Scoring.Outcomes.Reading;

/// <summary>What was read of a model's outcomes. Lines may be added by several threads; the groups are looked at once reading is over.</summary>
internal sealed class OutcomeReading(OutcomeQuery query, double share)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Version, string Content), OutcomeGroup> groups = [];
    private long lines;
    private long late;
    private long damaged;
    private long torn;

    /// <summary>What was asked.</summary>
    public OutcomeQuery Query => query;

    /// <summary>Share of the receipts that was read, 1 for all: of more than memory is to hold, an even sample by nonce.</summary>
    public double Share => share;

    /// <summary>Files read.</summary>
    public int Files { get; set; }

    /// <summary>Lines of outcomes of the time asked.</summary>
    public long Lines => lines;

    /// <summary>Lines beyond the first of their receipts.</summary>
    public long Repeated => lines - late - Groups.Sum(group => (long)group.Rows.Count);

    /// <summary>Lines that came in too long after their prediction, and do not count.</summary>
    public long Late => late;

    /// <summary>Lines that are none, or do not fit the others of their version.</summary>
    public long Damaged => damaged;

    /// <summary>Files whose last line is cut short.</summary>
    public long Torn => torn;

    /// <summary>By version, newest first, then by content.</summary>
    public IReadOnlyList<OutcomeGroup> Groups => [.. groups.Values.OrderByDescending(group => Repository.PackageNames.NumberOf(group.Version)).ThenBy(group => group.Content, StringComparer.Ordinal)];

    /// <summary>Counts of receipts, where they were asked for.</summary>
    public ReceiptSums Receipts { get; } = new();

    /// <summary>Whether a line is of the time and the sample asked.</summary>
    public bool Takes(StoredOutcome line) =>
        line.Issued >= query.Since.UtcTicks && line.Issued < query.Until.UtcTicks
        && (!query.ByVisitor || line.Visitor is not null)
        && (share >= 1 || (((ulong)(line.Nonce >> 64) ^ (ulong)line.Nonce) * 0xD6E8FEB86659FD93 >> 11) * (1.0 / (1UL << 53)) < share);

    /// <summary>Adds lines.</summary>
    public void Add(OutcomeFile file, OutcomeBatch batch)
    {
        lock (gate)
        {
            lines += batch.Count;
            damaged += batch.Damaged;
            torn += batch.Torn;
            if (batch.Count == 0)
            {
                return;
            }

            var group = GroupOf(file.Version, batch.Content, batch.Task);
            for (var index = 0; index < batch.Count; index++)
            {
                ref readonly var row = ref batch.Rows[index];
                if (row.Received - row.Issued > query.Window.Ticks)
                {
                    late++;
                }
                else if (batch.Task != group.Task || !group.Rows.TryAdd(row, batch.ProbabilitiesOf(index)))
                {
                    damaged++;
                    lines--;
                }
            }
        }
    }

    /// <summary>Adds a line of a file of counts.</summary>
    public void AddCount(OutcomeFile file, string line)
    {
        if (StoredReceiptCount.TryRead(line, file.Day) is { } count)
        {
            Receipts.Add(file.Version, count);
        }
        else
        {
            lock (gate)
            {
                damaged++;
            }
        }
    }

    private OutcomeGroup GroupOf(string version, string content, OutcomeTask task)
    {
        if (!groups.TryGetValue((version, content), out var group))
        {
            groups.Add((version, content), group = new OutcomeGroup(version, content, task, query.WithProbabilities));
        }

        return group;
    }
}
