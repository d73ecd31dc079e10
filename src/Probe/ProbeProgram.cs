using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;

namespace Scoring.Probe;

/// <summary>
/// Tries a package, or serves one model, as its arguments say: see <see cref="PackageTrial"/> and <see cref="ProbeLine"/>, and <see cref="RunServer"/>. It is started by a
/// server or the model tool, never by hand. An app that is one native file has it within.
/// </summary>
internal static class ProbeProgram
{
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] arguments)
    {
        if (RunServerArguments.Read(arguments) is { } serving)
        {
            var server = new RunServer(serving);
            Tether.EndWithParent(server.Obey);
            ProcessLimits.BeTheFirstToGo();
            return server.Serve(Console.Out);
        }

        if (!ProbeArguments.TryRead(arguments, out var package, out var settings, out var warmsUp))
        {
            Console.Error.WriteLine("Scoring.Probe is started by the app, which tells it what to try.");
            return 64;
        }

        Tether.EndWithParent();
        ProcessLimits.BeTheFirstToGo();
        var report = new PackageTrial(Console.Out, TimeProvider.System).Run(package, settings, warmsUp);
        return report.Passed ? 0 : 1;
    }
}
