using System.Security.Cryptography;
using System.Text;

namespace Scoring.Outcomes.Reading;

/// <summary>
/// Joins the files of a day, so that reading does not cost a round trip for each request that brought an outcome. The joined file is written first and what it holds deleted after: whenever a
/// process dies between, a line is there twice, and readers count it once. Counts of receipts are joined likewise, apart. Several may compact at the same time.
/// </summary>
internal sealed class OutcomeCompactor(IOutcomeFiles files, TimeProvider time)
{
    /// <summary>How long after its end a day is left alone: writers' clocks are apart, and their writes take time.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    /// <summary>Files of the present day that are joined before it is over.</summary>
    public const int MaxLoose = 256;

    private const string Prefix = "joined-";
    private const int NameBytes = 16;

    /// <summary>Joins what can be joined: all files of a day that is over into one, and the single ones of outcomes of the present day where they are many.</summary>
    /// <returns>Files that are gone.</returns>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the storage cannot be reached.</exception>
    public async Task<int> CompactAsync(string model, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime((time.GetUtcNow() - Grace).UtcDateTime);
        var gone = 0;
        foreach (var day in (await files.ListAsync(model, cancellationToken).ConfigureAwait(false)).GroupBy(file => (file.Folder, file.IsCount)))
        {
            // A job that goes on past midnight counts on: the count of a day rests for another before it is joined.
            var isOver = day.First().Day < (day.Key.IsCount ? today.AddDays(-1) : today);
            var parts = day.Where(file => isOver || !IsJoined(file)).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (parts.Count >= (isOver ? 2 : day.Key.IsCount ? int.MaxValue : MaxLoose))
            {
                gone += await JoinAsync(day.Key.Folder, day.Key.IsCount, parts, cancellationToken).ConfigureAwait(false);
            }
        }

        return gone;
    }

    private static bool IsJoined(OutcomeFile file) => file.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private async Task<int> JoinAsync(string folder, bool isCount, List<OutcomeFile> parts, CancellationToken cancellationToken)
    {
        // The same parts make the same name: two that compact at once write one file.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts.Select(part => part.Name)))).AsSpan(0, NameBytes));
        var path = isCount ? $"{folder}/{OutcomeFile.CountPrefix}{Prefix}{hash}{OutcomeFile.CountExtension}" : $"{folder}/{Prefix}{hash}.jsonl";
        var content = new JoinedStream(files, parts);
        await using (content.ConfigureAwait(false))
        {
            try
            {
                if (!await files.WriteAsync(path, content, cancellationToken).ConfigureAwait(false))
                {
                    // Another joins the same parts, and deletes them.
                    return 0;
                }
            }
            catch (Exception) when (content.IsBroken)
            {
                // Another compacts this day and has deleted a part: it has all of them.
                return 0;
            }
        }

        foreach (var part in parts)
        {
            await files.DeleteAsync(part.Path, cancellationToken).ConfigureAwait(false);
        }

        return parts.Count;
    }
}
