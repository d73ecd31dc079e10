using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Scoring.Http.Identity;

/// <summary>
/// The keys that the issuer publishes, kept and read again every hour, beside the requests. A request waits for them in two cases alone: none were ever read, or its token names
/// a key that is not among them, which is asked for at most twice a minute. While the issuer is away, those that were read go on serving. Thread safe.
/// </summary>
internal sealed partial class IssuerKeys(IOptions<IdentityOptions> options, IDocumentRetriever documents, TimeProvider time, ILogger<IssuerKeys> logger) : IHostedService
{
    /// <summary>How long keys serve before they are read again: a key that the issuer withdraws is refused after that.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>Least time between two tries.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly string address = $"{options.Value.Authority!.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration";
    private readonly Lock gate = new();
    private volatile Known? known;
    private Task<Known?> reading = Task.FromResult<Known?>(null);
    private long? triedAt;
    private bool isAway;

    /// <summary>The read that goes on now, or that was the last.</summary>
    internal Task Reading => reading;

    /// <summary>Begins to read the keys beside the start.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Read();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the issuer says of itself.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.IssuerUnavailable"/>: it never said anything yet.</exception>
    public ValueTask<OpenIdConnectConfiguration> GetAsync()
    {
        if (known is not { } now)
        {
            return FirstAsync();
        }

        if (time.GetElapsedTime(now.At) >= Age)
        {
            _ = Read();
        }

        return ValueTask.FromResult(now.Configuration);
    }

    /// <summary>Looks whether the issuer has other keys than those.</summary>
    /// <returns>Null where it has not, or was asked a moment ago.</returns>
    public async ValueTask<OpenIdConnectConfiguration?> NewerAsync(OpenIdConnectConfiguration stale)
    {
        var newest = known?.Configuration is { } now && now != stale ? now : (await Read().ConfigureAwait(false))?.Configuration;
        return newest == stale ? null : newest;
    }

    private async ValueTask<OpenIdConnectConfiguration> FirstAsync() =>
        (await Read().ConfigureAwait(false) ?? known)?.Configuration
        ?? throw new ScoringException(ErrorCode.IssuerUnavailable, "The issuer of the tokens cannot be reached, and its keys were never read.") { RetryAfter = Pause };

    // One read at a time; whoever asks while it goes on gets its result.
    private Task<Known?> Read()
    {
        lock (gate)
        {
            if (!reading.IsCompleted || (triedAt is { } last && time.GetElapsedTime(last) < Pause))
            {
                return reading;
            }

            triedAt = time.GetTimestamp();
            return reading = Task.Run(ReadAsync);
        }
    }

    private async Task<Known?> ReadAsync()
    {
        try
        {
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None).ConfigureAwait(false);
            if (configuration.SigningKeys.Count == 0)
            {
                throw new InvalidOperationException("it publishes no key");
            }

            var read = new Known(configuration, time.GetTimestamp());
            known = read;
            if (isAway)
            {
                isAway = false;
                LogBack(address);
            }

            return read;
        }
        catch (Exception exception)
        {
            // An issuer that is away for a day is one line, not thousands.
            if (!isAway)
            {
                isAway = true;
                LogAway(address, known is null ? "no token can be checked until it answers" : "the keys that were read serve on", Cause.Of(exception));
            }

            return null;
        }
    }

    [LoggerMessage(EventId = 5040, Level = LogLevel.Warning, Message = "The issuer's keys cannot be read from {Address}; {Consequence}: {Reason}")]
    private partial void LogAway(string address, string consequence, string reason);

    [LoggerMessage(EventId = 5041, Level = LogLevel.Information, Message = "The issuer's keys are read again from {Address}")]
    private partial void LogBack(string address);

    private sealed record Known(OpenIdConnectConfiguration Configuration, long At);
}
