using Scoring.Probe;
using Scoring.Probe.Caging;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;

const int Misused = 64;
const int Uncaged = 65;

// Started by a server or the model tool, never by hand. See RunServer for how it serves one model, PackageTrial and ProbeLine for how it tries a package.
var order = CageOrder.Take(args, out var rest);
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
