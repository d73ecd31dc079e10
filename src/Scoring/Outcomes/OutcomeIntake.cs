using System.Globalization;
using System.Security.Cryptography;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Outcomes;

/// <summary>Takes outcomes: verifies their receipts, holds them against the versions that gave them, and stores them as lines. Thread safe.</summary>
public sealed class OutcomeIntake
{
    // The first half of a SHA-256 still tells all contents apart.
    private const int NameBytes = 16;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ReceiptKeys keys;
    private readonly ReceiptReader reader;
    private readonly IOutcomeVersions versions;
    private readonly IOutcomeStore? store;
    private readonly ScoringOptions options;
    private readonly ScoringMetrics metrics;
    private readonly TimeProvider time;
    private readonly IOutcomeWatch? watch;

    internal OutcomeIntake(ReceiptKeys keys, IOutcomeVersions versions, IOutcomeStore? store, ScoringOptions options, ScoringMetrics metrics, TimeProvider time, IOutcomeWatch? watch = null)
    {
        this.watch = watch;
        this.metrics = metrics;
        this.keys = keys;
        reader = new ReceiptReader(keys);
        this.versions = versions;
        this.store = store;
        this.options = options;
        this.time = time;
    }

    /// <summary>Takes the outcomes of a request or message. The good ones are stored when this ends well; the same content again changes nothing.</summary>
    /// <param name="content">UTF-8: <c>{"outcomes":[…]}</c> or a single outcome.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="mayUse">Of which models it may tell; null for every one.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InvalidJson"/> or <see cref="ErrorCode.TooManyInstances"/>: it cannot be read. <see cref="ErrorCode.ModelUnavailable"/>: no key is configured, the storage or a version cannot be
    /// reached; the whole content is to be sent again.
    /// </exception>
    public async Task<OutcomeReport> TakeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken, Func<string, bool>? mayUse = null)
    {
        if (keys.Current is null)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, "Outcomes are not taken here: no key for receipts is configured. Set Scoring__ReceiptKey.");
        }

        // 1. What each one claims, and whether it may. 2. The lines, by version. 3. The files.
        var claims = OutcomeRequest.Read(content);
        var received = time.GetUtcNow();
        var refused = new List<RefusedOutcome>();
        var lines = new Dictionary<(string Model, int Version), OutcomeLines>();
        var dealt = new List<(string Model, DealtOutcome Outcome)>();
        foreach (var claim in claims)
        {
            if (await AddAsync(claim, received, mayUse, lines, dealt, cancellationToken).ConfigureAwait(false) is { } fault)
            {
                refused.Add(RefusedOutcome.Of(claim, fault));
            }
        }

        var stored = new HashSet<(string Model, int Version)>();
        try
        {
            await StoreAsync(lines, content, received, stored, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Tell(dealt, stored);
        }

        return new OutcomeReport(claims.Count - refused.Count, refused);
    }

    private async ValueTask<OutcomeFault?> AddAsync(
        OutcomeClaim claim, DateTimeOffset received, Func<string, bool>? mayUse, Dictionary<(string Model, int Version), OutcomeLines> lines,
        List<(string Model, DealtOutcome Outcome)> dealt, CancellationToken cancellationToken)
    {
        if (claim.Fault is { } unread)
        {
            return unread;
        }

        if (reader.Read(claim.Receipt!, out var receipt) is { } bad)
        {
            return bad;
        }

        if (mayUse?.Invoke(receipt!.Model) == false)
        {
            return OutcomeFault.NotListed(receipt!.Model);
        }

        if (OutcomeChecks.OfAge(receipt!, received, options.ReceiptLifetime) is { } late)
        {
            return late;
        }

        OutcomeVersion version;
        try
        {
            version = await versions.FindAsync(receipt!, cancellationToken).ConfigureAwait(false);
        }
        catch (ScoringException exception) when (exception.Code is ErrorCode.ModelNotFound or ErrorCode.VersionNotFound)
        {
            return OutcomeFault.Foreign($"found a receipt of version {receipt!.Version} of '{receipt.Model}'; {exception.Message}");
        }

        claim = OutcomeRequest.WithLabels(claim);
        if (OutcomeChecks.Find(claim, receipt!, version) is { } fault)
        {
            return fault;
        }

        var place = (receipt!.Model, receipt.Version);
        if (!lines.TryGetValue(place, out var text))
        {
            lines[place] = text = new OutcomeLines();
        }

        if (text.Add(claim, receipt, version, received) is { } outcome)
        {
            dealt.Add((receipt.Model, outcome));
        }

        return null;
    }

    // What was stored before is known, and what is not stored comes again.
    private void Tell(List<(string Model, DealtOutcome Outcome)> dealt, HashSet<(string Model, int Version)> stored)
    {
        foreach (var model in dealt.Where(each => stored.Contains((each.Model, each.Outcome.Version))).GroupBy(each => each.Model, each => each.Outcome))
        {
            watch?.Came(model.Key, [.. model]);
        }
    }

    private async Task StoreAsync(
        Dictionary<(string Model, int Version), OutcomeLines> lines, ReadOnlyMemory<byte> content, DateTimeOffset received, HashSet<(string Model, int Version)> stored, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var open = store ?? throw new ScoringException(
            ErrorCode.ModelUnavailable, "Outcomes cannot be stored: the repository's address is good for its own container alone, and no storage is configured. Set Storage.");
        var name = Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, NameBytes));
        using var patience = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            foreach (var ((model, version), text) in lines)
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"{model}/{version}/{received.UtcDateTime:yyyy-MM-dd}/{name}.jsonl");
                if (await open.WriteOnceAsync(path, text.Written, either.Token).ConfigureAwait(false))
                {
                    text.CountInto(metrics, model, version.ToString(CultureInfo.InvariantCulture));
                    stored.Add((model, version));
                }
            }
        }
        catch (Exception exception) when (RepositoryAccess.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, $"The outcomes cannot be stored: {RepositoryAccess.Reason(exception)}. Send them again.", exception) { RetryAfter = RetryAfter };
        }
    }
}
