using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What the parent tells the probe on its command line: the package's folder and identity, and how to make the session.</summary>
public static class ProbeArguments
{
    /// <summary>Before the others where the probe is no program of its own: an app that is one native file starts itself.</summary>
    public const string Within = "probe";

    private const int Count = 6;
    private const string Cold = "cold";
    private const string Warm = "warm";

    /// <summary>The command line for a package.</summary>
    public static IReadOnlyList<string> Write(ModelPackage package, SessionSettings settings, bool warmsUp) =>
        [package.Directory, package.Name, package.Version, package.Sha256, warmsUp ? Warm : Cold, settings.ToJson()];

    /// <summary>Reads the command line.</summary>
    /// <returns>False when it is none of <see cref="Write"/>'s.</returns>
    public static bool TryRead(IReadOnlyList<string> arguments, out ModelPackage package, out SessionSettings settings, out bool warmsUp)
    {
        warmsUp = arguments.Count == Count && arguments[4] == Warm;
        if (arguments.Count != Count || SessionSettings.FromJson(arguments[5]) is not { } told)
        {
            (package, settings) = (null!, null!);
            return false;
        }

        package = new ModelPackage(arguments[1], arguments[2], arguments[3], arguments[0], arguments[0]);
        settings = told;
        return true;
    }
}
