using Scoring.Repository;

namespace Scoring.Serving;

/// <content>Which version answers at first.</content>
internal sealed partial class LiveFollower
{
    // At first nothing serves meanwhile: a remembered pointer is used at once if it is fresh; else the read is awaited, and the remembered one stands in where it fails.
    private async Task<FetchFrom> FindPointerAsync(CachedPointer? cached, CancellationToken cancellationToken)
    {
        if (cached is not null && pointers.IsFresh(cached, options.CachedPointerLifetime))
        {
            pointer.Assume(cached);
            return FetchFrom.CacheFirst;
        }

        switch (await pointer.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            case PointerChange.Absent:
                pointers.Forget(model);
                throw NotFound();
            case PointerChange.Unknown:
                var failure = pointer.Failure!;
                if (failure is PackageFaultException)
                {
                    attempts.PointerRefused(failure);
                }

                pointer.Assume(cached ?? throw failure);
                return FetchFrom.CacheFirst;
            default:
                return pointer.State!.Tag == cached?.Tag ? FetchFrom.CacheFirst : FetchFrom.Repository;
        }
    }

    private async Task<ServedVersion> LoadBestAsync(CachedPointer? cached, FetchFrom from, LoadUrgency urgency, CancellationToken cancellationToken)
    {
        if (pointer.State!.Pointer.Version is not { } wanted)
        {
            throw NotFound();
        }

        // 1. The version that the pointer names.
        ScoringException failure;
        try
        {
            var version = await LoadAsync(wanted, from, urgency, cancellationToken).ConfigureAwait(false);
            attempts.Succeeded();
            Answer(version, previous: null);
            return version;
        }
        catch (ScoringException e)
        {
            await attempts.FailedAsync(wanted, e, cancellationToken).ConfigureAwait(false);
            failure = e;
        }

        // 2. One that was good before. While the storage is away only what the disk has can answer; a refused version may be replaced by any earlier one.
        var source = LiveAttempts.IsRefusal(failure) ? FetchFrom.CacheFirst : FetchFrom.Cache;
        foreach (var version in Fallbacks(wanted, cached))
        {
            try
            {
                var fallback = await LoadAsync(version, source, urgency, cancellationToken).ConfigureAwait(false);
                LogFallback(model, version, wanted, failure.Message);
                Answer(fallback, previous: null);
                return fallback;
            }
            catch (ScoringException)
            {
                // Logged by the loader; the live version's failure is what matters.
            }
        }

        // 3. Where nothing else can answer: a version that a process died of. The version need not have been at fault.
        if (failure is VersionRefusedException { Kind: RefusalKind.Marker })
        {
            var again = await LoadAsync(wanted, FetchFrom.CacheFirst, urgency, cancellationToken, isLastResort: true).ConfigureAwait(false);
            attempts.Succeeded();
            Answer(again, previous: null);
            return again;
        }

        throw failure;
    }

    private IEnumerable<string> Fallbacks(string wanted, CachedPointer? cached) =>
        new[] { cached?.Good }.Concat(pointer.State!.Pointer.History ?? []).OfType<string>().Where(v => v != wanted).Distinct().Take(MaxFallbacks);
}
