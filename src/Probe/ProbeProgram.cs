using Scoring.Probe.Caging;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;

namespace Scoring.Probe;

/// <summary>
/// Tries a package, or serves one model, as its arguments say: see <see cref="PackageTrial"/> and <see cref="ProbeLine"/>, and <see cref="RunServer"/>. It is started by a
/// server or the model tool, never by hand. An app that is one native file has it within.
/// </summary>
internal static class ProbeProgram
{
    private const int Misused = 64;
    private const int Uncaged = 65;

    /// <returns>The process's exit code.</returns>
    public static int Run(string[] arguments)
    {
        var order = CageOrder.Take(arguments, out var rest);
        if (RunServerArguments.Read(rest) is { } serving)
        {
            using var server = new RunServer(serving);
            server.Listen();
            ProcessLimits.BeTheFirstToGo();
            var walls = Cage.Close(order);
            Tether.EndWithParent(server.Obey);
            return server.Serve(Console.Out, walls, mayServe: walls.IsClosed || order is not { IsRequired: true });
        }

        if (!ProbeArguments.TryRead(rest, out var package, out var settings, out var warmsUp))
        {
            Console.Error.WriteLine("Scoring.Probe is started by the app, which tells it what to try.");
            return Misused;
        }

        ProcessLimits.BeTheFirstToGo();
        var cage = Cage.Close(order);
        Tether.EndWithParent();
        var trial = new PackageTrial(Console.Out, TimeProvider.System);
        trial.Tell(cage);
        return !cage.IsClosed && order is { IsRequired: true } ? Uncaged : trial.Run(package, settings, warmsUp).Passed ? 0 : 1;
    }
}
