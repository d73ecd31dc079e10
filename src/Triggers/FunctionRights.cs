using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http.Identity;

namespace Triggers;

/// <summary>Which roles of an identity open a function: those that do what the keys of its purpose do.</summary>
public static class FunctionRights
{
    /// <summary>The roles that open each function of this library, by its name.</summary>
    [RequiresUnreferencedCode("For the worker head, which is not trimmed: the functions are looked for.")]
    public static FrozenDictionary<string, CallerRoles> ByName() =>
        (from type in typeof(FunctionRights).Assembly.GetExportedTypes()
         from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
         let function = method.GetCustomAttribute<FunctionAttribute>()
         where function is not null
         select KeyValuePair.Create(function.Name, Of(method.GetCustomAttribute<PurposeAttribute>() ?? type.GetCustomAttribute<PurposeAttribute>()))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The roles of which any opens a function; none for one without a purpose, which is open to anybody.</summary>
    /// <param name="purpose">The function's.</param>
    public static CallerRoles Of(PurposeAttribute? purpose)
    {
        if (purpose is null)
        {
            return CallerRoles.None;
        }

        // Who looks after the app looks after its jobs too, as with keys.
        var roles = purpose.Purpose switch
        {
            KeyPurpose.Scoring => CallerRoles.Score,
            KeyPurpose.Outcomes => CallerRoles.Outcomes,
            KeyPurpose.Jobs => CallerRoles.Batch | CallerRoles.Publish,
            _ => CallerRoles.Publish,
        };
        return purpose.Reads ? roles | CallerRoles.Read : roles;
    }
}
