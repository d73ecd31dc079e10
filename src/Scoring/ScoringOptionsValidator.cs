using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Scoring.Inference;
using Scoring.Outcomes;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace Scoring;

/// <summary>Names every wrong option at once.</summary>
internal sealed partial class ScoringOptionsValidator : IValidateOptions<ScoringOptions>
{
    private static readonly ScoringOptionsRanges Ranges = new();

    private const int MinHostKey = 16;
    private const string VaultReference = "@Microsoft.KeyVault(";

    public ValidateOptionsResult Validate(string? name, ScoringOptions options)
    {
        var faults = new List<string>(options.ReadFaults);
        faults.AddRange(Ranges.Validate(name, options).Failures ?? []);

        // The quota of the container, which the runtime counts as processors.
        var processors = Environment.ProcessorCount;
        if (options.MaxConcurrentRuns > 0 && options.IntraOpThreads > 0 && (long)options.MaxConcurrentRuns * options.IntraOpThreads > processors)
        {
            faults.Add($"MaxConcurrentRuns times IntraOpThreads: found {options.MaxConcurrentRuns} x {options.IntraOpThreads}; expected at most {processors}, the processors of this process");
        }

        if (options.MaxBodyBytesInFlight > 0 && options.MaxBodyBytesInFlight < options.MaxBodyBytes)
        {
            faults.Add($"MaxBodyBytesInFlight: found {options.MaxBodyBytesInFlight}; expected at least {options.MaxBodyBytes}, the MaxBodyBytes of a single body, or 0");
        }

        faults.AddRange(ExecutionProviders.Check(options.ExecutionProviders, options.ExecutionProviderFallback).Select(fault => $"ExecutionProviders: {fault}"));
        faults.AddRange(options.Preload.Where(model => !PackageNames.IsModel(model)).Select(model => $"Preload: '{model}' is no model's name"));
        var keys = options.TrustedKeys.Select(key => KeyOf(key, faults)).OfType<TrustedKey>().Select(key => key.Id).Distinct().Count();
        faults.AddRange(options.TwoSignatures.Where(model => model != PackageTrust.EveryModel && !PackageNames.IsModel(model)).Select(model => $"TwoSignatures: '{model}' is no model's name, and not *"));
        if (options.TwoSignatures.Count > 0 && keys < 2)
        {
            faults.Add($"TwoSignatures: found {keys} different TrustedKeys beside it; expected at least 2, or nothing could be loaded");
        }

        if (options.HostKey?.StartsWith(VaultReference, StringComparison.OrdinalIgnoreCase) == true)
        {
            // The platform leaves it as it stands where it may not read the vault, and anybody may know it.
            faults.Add($"HostKey: the reference {VaultReference}…) was not replaced by its secret; expected an identity that may read it, and a secret that is there");
        }
        else if (options.HostKey is { Length: < MinHostKey } few)
        {
            faults.Add($"HostKey: found {few.Length} characters; expected at least {MinHostKey}, such as openssl rand -base64 32 makes");
        }

        faults.AddRange(new[] { FaultOfKey(nameof(options.ReceiptKey), options.ReceiptKey), FaultOfKey(nameof(options.PreviousReceiptKey), options.PreviousReceiptKey) }.OfType<string>());
        if (!ContainerName().IsMatch(options.OutcomesContainer))
        {
            faults.Add($"OutcomesContainer: found '{options.OutcomesContainer}'; expected 3 to 63 small letters, digits and single hyphens, such as outcomes");
        }

        return faults.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => $"{ScoringOptions.Section}: {fault}."));
    }

    // Nothing of the key is said: a fault goes to the log.
    private static string? FaultOfKey(string setting, string? key) => key is null || ReceiptKey.TryParse(key) is not null
        ? null
        : $"{setting}: found a text that is no base64 of at least {ReceiptKey.MinBytes} bytes; expected one such as openssl rand -base64 32 makes";

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ContainerName();

    private static TrustedKey? KeyOf(string text, List<string> faults)
    {
        try
        {
            return TrustedKey.Parse(text);
        }
        catch (FormatException exception)
        {
            faults.Add($"TrustedKeys: {exception.Message.TrimEnd('.')}");
            return null;
        }
    }
}
