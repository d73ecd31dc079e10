using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Scoring.Telemetry;

namespace Scoring.Http.Identity;

/// <summary>Registers what asks callers who they are.</summary>
public static class CallerServices
{
    // The issuer answers with a few kilobytes; who waits for a new key waits for no longer than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int MaxDocumentBytes = 1 << 20;

    /// <summary>Whether the settings ask for it. Where they do not, nothing is registered and no request passes through anything.</summary>
    public static bool AsksForCallers(this IConfiguration configuration) => configuration.AsksForIdentities()
        || configuration.GetSection(CallerOptions.Section).GetChildren().Any(child => child.Value is { Length: > 0 } value && value != "0" && !value.Equals(bool.FalseString, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds <see cref="CallerGate"/> where the settings ask for it. Options are validated at start.</summary>
    public static IServiceCollection AddCallers(this IServiceCollection services, IConfiguration configuration)
    {
        if (!configuration.AsksForCallers())
        {
            return services;
        }

        var section = configuration.GetSection(IdentityOptions.Section);
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidator>();
        services.AddOptions<IdentityOptions>().Bind(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallerOptions>, CallerOptionsValidator>();
        services.AddOptions<CallerOptions>().Bind(configuration.GetSection(CallerOptions.Section)).ValidateOnStart();
        services.AddSingleton(provider => new CallerCounts(provider.GetRequiredService<ScoringMetrics>()));
        services.AddSingleton(provider => new CallerBook(
            new CallerQuotas(provider.GetRequiredService<IOptions<CallerOptions>>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetService<ScoringMetrics>() is null ? null : provider.GetRequiredService<CallerCounts>()));
        services.AddSingleton<CallerFactory>();
        services.AddSingleton<KeyCallers>();
        var identities = configuration.AsksForIdentities();
        if (identities && !string.IsNullOrWhiteSpace(section[nameof(IdentityOptions.Authority)]))
        {
            services.AddTokens();
        }

        if (identities && bool.TryParse(section[nameof(IdentityOptions.TrustPrincipalHeader)], out var trusted) && trusted)
        {
            services.AddSingleton<PrincipalHeader>();
        }

        return services.AddSingleton(provider => new CallerGate(
            provider.GetRequiredService<IOptions<IdentityOptions>>(),
            provider.GetService<BearerTokens>(),
            provider.GetService<PrincipalHeader>(),
            provider.GetRequiredService<KeyCallers>(),
            provider.GetRequiredService<ILogger<CallerGate>>()));
    }

    private static bool AsksForIdentities(this IConfiguration configuration) => configuration.GetSection(IdentityOptions.Section)[nameof(IdentityOptions.Mode)] is { Length: > 0 } mode
        && !mode.Equals(nameof(IdentityMode.Off), StringComparison.OrdinalIgnoreCase);

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<IDocumentRetriever>(provider => Documents(provider.GetRequiredService<IOptions<IdentityOptions>>().Value.Authority!));
        services.AddSingleton<IssuerKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<IssuerKeys>());
        services.AddSingleton<BearerTokens>();
    }

    private static HttpDocumentRetriever Documents(Uri authority) =>
        new(new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = MaxDocumentBytes }) { RequireHttps = authority.Scheme == Uri.UriSchemeHttps };
}
