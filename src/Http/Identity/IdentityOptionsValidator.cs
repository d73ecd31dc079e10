using Microsoft.Extensions.Options;

namespace Scoring.Http.Identity;

/// <summary>Names every wrong option at once.</summary>
internal sealed class IdentityOptionsValidator : IValidateOptions<IdentityOptions>
{
    // Addresses of Entra ID that stand for every tenant: whoever has an account anywhere would hold a token of theirs.
    private static readonly string[] Anyone = ["common", "organizations", "consumers"];

    private static readonly IdentityOptionsRanges Ranges = new();

    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var faults = new List<string>(Ranges.Validate(name, options).Failures ?? []);
        if (options.Mode != IdentityMode.Off && options.Authority is not { OriginalString.Length: > 0 } && !options.TrustPrincipalHeader)
        {
            faults.Add($"Mode: found {options.Mode}; expected with it an Authority whose tokens are taken, or TrustPrincipalHeader");
        }

        if (options.Authority is { OriginalString.Length: > 0 } authority)
        {
            if (!authority.IsAbsoluteUri || (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback))
            {
                faults.Add($"Authority: found '{authority}'; expected an https address, such as https://login.microsoftonline.com/TENANT/v2.0");
            }
            else if (authority.Segments.Length > 1 && Anyone.Contains(authority.Segments[1].Trim('/'), StringComparer.OrdinalIgnoreCase))
            {
                faults.Add($"Authority: found '{authority}', which stands for every tenant; expected the address of one");
            }

            if (IdentityOptions.List(options.Audiences).Length == 0)
            {
                faults.Add("Audiences: found none; expected with an Authority the client id of the app's registration, or tokens for other apps would be taken");
            }
        }

        faults.AddRange(ModelRights.FaultsOf(options.Models).Select(fault => $"Models: {fault}"));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"{IdentityOptions.Section}: {fault.TrimEnd('.')}."));
    }
}
