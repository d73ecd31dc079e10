using System.Globalization;
using Scoring.Inference;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>What the parent tells the probe on its command line: the package's folder and identity, and how to make the session.</summary>
public static class ProbeArguments
{
    private const int Count = 8;
    private const string Cold = "cold";
    private const string Warm = "warm";
    private const string AnyOperators = "any-operators";
    private const string KnownOperators = "known-operators";

    /// <summary>The command line for a package.</summary>
    public static IReadOnlyList<string> Write(ModelPackage package, SessionSettings settings, bool warmsUp) =>
    [
        package.Directory, package.Name, package.Version, package.Sha256,
        settings.IntraOpThreads.ToString(CultureInfo.InvariantCulture), string.Join(',', settings.ExecutionProviders),
        warmsUp ? Warm : Cold,
        settings.AllowsCustomOperators ? AnyOperators : KnownOperators,
    ];

    /// <summary>Reads the command line.</summary>
    /// <returns>False when it is none of <see cref="Write"/>'s.</returns>
    public static bool TryRead(IReadOnlyList<string> arguments, out ModelPackage package, out SessionSettings settings, out bool warmsUp)
    {
        warmsUp = arguments.Count == Count && arguments[6] == Warm;
        if (arguments.Count != Count || !int.TryParse(arguments[4], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) || threads < 1)
        {
            (package, settings) = (null!, null!);
            return false;
        }

        package = new ModelPackage(arguments[1], arguments[2], arguments[3], arguments[0], arguments[0]);
        settings = new SessionSettings(threads, arguments[5].Split(',', StringSplitOptions.RemoveEmptyEntries)) { AllowsCustomOperators = arguments[7] == AnyOperators };
        return true;
    }
}
