using System.Collections.Concurrent;
using Scoring.Outcomes.Reading;

namespace Scoring.Outcomes.Counts;

/// <summary>How many receipts this process gave out, which it writes beside the outcomes: so the share of all receipts that have an outcome is known, though no receipt is stored. Thread safe.</summary>
/// <param name="store">Where outcomes lie; null where there is no storage for them.</param>
/// <param name="files">Writes the counts.</param>
internal sealed class ReceiptCounts(IOutcomeStore? store, GrowingFiles files)
{
    private readonly ConcurrentDictionary<(string Model, string Version, string Content, long Day), ReceiptCount> counts = new();

    /// <summary>Counts a receipt that is given out. Allocates nothing but for the first of a day.</summary>
    /// <param name="draft">The receipt.</param>
    /// <param name="issued">Its time, in seconds since 1970.</param>
    public void Add(ReceiptDraft draft, long issued)
    {
        if (draft.Count is not { } count || !count.Takes(issued))
        {
            draft.Count = count = Find(draft, issued / StoredReceiptCount.SecondsOfDay);
        }

        count.Add(issued);
    }

    /// <summary>What this process has counted of a model, written or not.</summary>
    public IEnumerable<(string Version, StoredReceiptCount Count)> Of(string model) =>
        counts.Values.Where(count => count.Model == model).Select(count => (count.Version, count.Snapshot()));

    private ReceiptCount Find(ReceiptDraft draft, long day)
    {
        var key = (draft.Model, draft.Version, draft.Content, day);
        while (true)
        {
            if (counts.TryGetValue(key, out var known) && !known.IsClosed)
            {
                return known;
            }

            foreach (var (old, count) in counts)
            {
                if (count.IsClosed)
                {
                    counts.TryRemove(old, out _);
                }
            }

            var added = new ReceiptCount(draft.Model, draft.Version, draft.Content, draft.Task, day);
            if (counts.TryAdd(key, added))
            {
                if (store is not null)
                {
                    files.Add(store, added);
                }

                return added;
            }
        }
    }
}
