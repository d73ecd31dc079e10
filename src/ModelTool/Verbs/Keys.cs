using Scoring;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary>Where the keys of a verb come from.</summary>
internal static class Keys
{
    /// <summary>The environment variable that opens an encrypted private key.</summary>
    public const string PasswordVariable = "MODEL_KEY_PASSWORD";

    public static string? Password => Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password ? password : null;

    public static SigningKey Private(string path) => SigningKey.Read(path, Password);

    /// <summary>The keys that a verb was given; without any, those of the app's settings.</summary>
    public static PackageTrust Trusted(ToolContext context, string[] given)
    {
        var named = given.Length > 0 ? given : context.TextsOf(nameof(ScoringOptions.TrustedKeys));
        return new PackageTrust([.. named.Select(TrustedKey.Parse)], given.Length > 0 ? null : context.TextsOf(nameof(ScoringOptions.TwoSignatures)));
    }
}
