using Microsoft.Extensions.Options;

namespace Scoring.Http.Identity;

/// <summary>Makes a caller of what its directory says of it. Thread safe.</summary>
internal sealed class CallerFactory(CallerBook book, IOptions<IdentityOptions> options)
{
    // Names of the same claim in tokens and in the principal header, which some configurations write out in full.
    private static readonly string[] ObjectIds = ["oid", "http://schemas.microsoft.com/identity/claims/objectidentifier"];
    private static readonly string[] Subjects = ["sub", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"];
    private static readonly string[] RoleNames = ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];
    private static readonly string[] Groups = ["groups"];

    private readonly ModelRights rights = ModelRights.Parse(options.Value.Models);

    /// <exception cref="CallerException">The claims name nobody.</exception>
    public Caller OfClaims(IEnumerable<(string Type, string Value)> claims)
    {
        var all = claims.ToArray();
        var id = (ValuesOf(all, ObjectIds).Concat(ValuesOf(all, Subjects)).FirstOrDefault(value => value.Length > 0))
            ?? throw CallerException.Refused("The identity has neither an object id (oid) nor a subject (sub).");
        var roles = ValuesOf(all, RoleNames).ToArray();
        return new(book, $"entra:{id}", RolesOf(roles), rights.Of(roles.Concat(ValuesOf(all, Groups))), isIdentity: true);
    }

    private static IEnumerable<string> ValuesOf((string Type, string Value)[] claims, string[] types) =>
        claims.Where(claim => types.Contains(claim.Type, StringComparer.OrdinalIgnoreCase)).Select(claim => claim.Value);

    private static CallerRoles RolesOf(string[] names)
    {
        var roles = CallerRoles.None;
        foreach (var role in Enum.GetValues<CallerRoles>())
        {
            if (names.Contains(role.ToString(), StringComparer.OrdinalIgnoreCase))
            {
                roles |= role;
            }
        }

        return roles;
    }
}
