using System.ComponentModel.DataAnnotations;

namespace Scoring.Http.Identity;

/// <summary>The configuration section <c>Scoring:Identity</c> (environment <c>Scoring__Identity__X</c>). Lists are written <c>a,b</c>.</summary>
public sealed class IdentityOptions
{
    public const string Section = ScoringOptions.Section + ":Identity";

    /// <summary>How identities stand to function keys. Default <see cref="IdentityMode.Off"/>.</summary>
    public IdentityMode Mode { get; set; }

    /// <summary>Who issues the tokens, such as <c>https://login.microsoftonline.com/TENANT/v2.0</c>: its keys are read from <c>/.well-known/openid-configuration</c> below. Default: none, no token is taken.</summary>
    public Uri? Authority { get; set; }

    /// <summary>For whom a token must be: the app registration's client id, and its <c>api://</c> address for tokens of version 1.</summary>
    public string? Audiences { get; set; }

    /// <summary>Issuers that a token may name beside the one that <see cref="Authority"/> names. Default: none.</summary>
    public string? Issuers { get; set; }

    /// <summary>How far the issuer's clock may be from this machine's. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:15:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Which models the holders of a role or the members of a group may use: <c>Shop=intent topics,GROUP-ID=*</c>. Default: each every one.</summary>
    public string? Models { get; set; }

    /// <summary>Whether <c>X-MS-CLIENT-PRINCIPAL</c> is believed: only where the platform's own authentication stands in front and takes the header off what callers send. Default false.</summary>
    public bool TrustPrincipalHeader { get; set; }

    internal static string[] List(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
