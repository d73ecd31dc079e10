using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Scoring.Http.Identity;

namespace Triggers;

/// <summary>Which roles of an identity open a function: those that do what the keys of its purpose do.</summary>
public static class FunctionRights
{
    /// <summary>The roles that open each function of this library, by its name.</summary>
    public static FrozenDictionary<string, CallerRoles> ByName() =>
        (from type in typeof(FunctionRights).Assembly.GetExportedTypes()
         from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
         let function = method.GetCustomAttribute<FunctionAttribute>()
         where function is not null
         select KeyValuePair.Create(function.Name, Of(method))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The roles of which any opens a function; none for one without a purpose, which is open to anybody.</summary>
    public static CallerRoles Of(MethodInfo method)
    {
        if ((method.GetCustomAttribute<PurposeAttribute>() ?? method.DeclaringType!.GetCustomAttribute<PurposeAttribute>()) is not { } purpose)
        {
            return CallerRoles.None;
        }

        // Who looks after the app looks after its jobs too, as with keys.
        var roles = purpose.Purpose switch
        {
            KeyPurpose.Scoring or KeyPurpose.Outcomes => CallerRoles.Score,
            KeyPurpose.Jobs => CallerRoles.Batch | CallerRoles.Publish,
            _ => CallerRoles.Publish,
        };
        return purpose.Reads ? roles | CallerRoles.Read : roles;
    }
}
