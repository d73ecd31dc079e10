namespace Scoring.Outcomes.Reading;

/// <summary>Counts of receipts that were read. Several threads may add; the sums are looked at once reading is over.</summary>
internal sealed class ReceiptSums
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Version, string Id), StoredReceiptCount> counts = [];

    /// <summary>Takes a count. Of the same one the line that counts most stands: it only grows.</summary>
    public void Add(string version, StoredReceiptCount count)
    {
        lock (gate)
        {
            if (!counts.TryGetValue((version, count.Id), out var known) || known.Total < count.Total)
            {
                counts[(version, count.Id)] = count;
            }
        }
    }

    /// <summary>The receipts of the minutes that begin within the time asked, by version and content.</summary>
    public IReadOnlyList<ReceiptSum> Of(OutcomeQuery query) =>
    [
        .. counts.Where(count => query.Version is null || count.Key.Version == query.Version)
            .GroupBy(count => (count.Key.Version, count.Value.Content), count => count.Value)
            .Select(same => Sum(same.Key.Version, [.. same], query))
            .Where(sum => sum.Issued > 0),
    ];

    private static ReceiptSum Sum(string version, List<StoredReceiptCount> counts, OutcomeQuery query)
    {
        var (issued, known) = (0L, new HashSet<long>());
        foreach (var each in counts)
        {
            foreach (var (minute, count) in each.Minutes)
            {
                var at = StoredReceiptCount.MinuteOf(each.Day.ToDateTime(TimeOnly.MinValue).Ticks) + minute;
                if (at * TimeSpan.TicksPerMinute >= query.Since.UtcTicks && at * TimeSpan.TicksPerMinute < query.Until.UtcTicks)
                {
                    issued += count;
                    known.Add(at);
                }
            }
        }

        return new ReceiptSum(version, counts[0].Content, counts[0].Task, issued, known);
    }
}
