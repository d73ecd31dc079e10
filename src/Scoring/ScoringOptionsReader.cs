using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Scoring;

/// <summary>Fills the options from their section. It names each one, since neither reflection nor the binder's generated code gathers all faults.</summary>
internal sealed class ScoringOptionsReader(IConfiguration configuration) : IConfigureOptions<ScoringOptions>
{
    public void Configure(ScoringOptions options)
    {
        var settings = new SettingsReader(configuration.GetSection(ScoringOptions.Section), options.ReadFaults);
        options.Repository = settings.Text(nameof(options.Repository), options.Repository);
        options.CacheDirectory = settings.Text(nameof(options.CacheDirectory), options.CacheDirectory);
        options.RefreshInterval = settings.Time(nameof(options.RefreshInterval), options.RefreshInterval);
        options.Preload = settings.Texts(nameof(options.Preload), options.Preload);
        options.ExecutionProviders = settings.Texts(nameof(options.ExecutionProviders), options.ExecutionProviders);
        options.ExecutionProviderOptions = settings.Tables(nameof(options.ExecutionProviderOptions), options.ExecutionProviderOptions);
        options.ExecutionProviderFallback = settings.Flag(nameof(options.ExecutionProviderFallback), options.ExecutionProviderFallback);
        options.MaxInstances = settings.Whole(nameof(options.MaxInstances), options.MaxInstances);
        options.MaxBodyBytes = settings.Whole(nameof(options.MaxBodyBytes), options.MaxBodyBytes);
        options.MaxAnswerBytes = settings.Whole(nameof(options.MaxAnswerBytes), options.MaxAnswerBytes);
        options.MaxBodyBytesInFlight = settings.Whole(nameof(options.MaxBodyBytesInFlight), options.MaxBodyBytesInFlight);

        // The threads first: how many runs are made at once follows from them where it is not said.
        options.IntraOpThreads = settings.Whole(nameof(options.IntraOpThreads), options.IntraOpThreads);
        options.MaxConcurrentRuns = settings.Whole(nameof(options.MaxConcurrentRuns), options.MaxConcurrentRuns);
        options.MaxQueuedRequests = settings.Whole(nameof(options.MaxQueuedRequests), options.MaxQueuedRequests);
        options.RequestTimeout = settings.Time(nameof(options.RequestTimeout), options.RequestTimeout);
        options.Page = settings.Flag(nameof(options.Page), options.Page);
        options.InputContainers = settings.Texts(nameof(options.InputContainers), options.InputContainers);
        options.CacheBytes = settings.Whole(nameof(options.CacheBytes), options.CacheBytes);
        options.CachedPointerLifetime = settings.Time(nameof(options.CachedPointerLifetime), options.CachedPointerLifetime);
        options.DeviceMemoryBytes = settings.Whole(nameof(options.DeviceMemoryBytes), options.DeviceMemoryBytes);
        options.MemoryBudgetBytes = settings.Whole(nameof(options.MemoryBudgetBytes), options.MemoryBudgetBytes);
        options.MaxVersionsOnDemand = settings.Whole(nameof(options.MaxVersionsOnDemand), options.MaxVersionsOnDemand);
        options.ProbeTimeout = settings.Time(nameof(options.ProbeTimeout), options.ProbeTimeout);
        options.CompileTimeout = settings.Time(nameof(options.CompileTimeout), options.CompileTimeout);
        options.ProbeMemoryBytes = settings.Whole(nameof(options.ProbeMemoryBytes), options.ProbeMemoryBytes);
        options.AllowCustomOperators = settings.Flag(nameof(options.AllowCustomOperators), options.AllowCustomOperators);
        options.TrustedKeys = settings.Texts(nameof(options.TrustedKeys), options.TrustedKeys, mustName: true);
        options.TwoSignatures = settings.Texts(nameof(options.TwoSignatures), options.TwoSignatures, mustName: true);
        options.HostKey = settings.Text(nameof(options.HostKey), options.HostKey);
        options.ReceiptKey = settings.Text(nameof(options.ReceiptKey), options.ReceiptKey);
        options.PreviousReceiptKey = settings.Text(nameof(options.PreviousReceiptKey), options.PreviousReceiptKey);
        options.ReceiptLifetime = settings.Time(nameof(options.ReceiptLifetime), options.ReceiptLifetime);
        options.OutcomesContainer = settings.Text(nameof(options.OutcomesContainer), options.OutcomesContainer)!;
        options.Probe = settings.OneOf(nameof(options.Probe), options.Probe);
        options.ProbeCage = settings.OneOf(nameof(options.ProbeCage), options.ProbeCage);
        options.Isolate = settings.OneOf(nameof(options.Isolate), options.Isolate);
    }
}
