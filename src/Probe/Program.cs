using Scoring.Probe;
using Scoring.Serving.Isolation;
using Scoring.Serving.Probing;

// Started by a server or the model tool, never by hand. See RunServer for how it serves one model, PackageTrial and ProbeLine for how it tries a package.
if (RunServerArguments.Read(args) is { } serving)
{
    var server = new RunServer(serving);
    Tether.EndWithParent(server.Obey);
    ProcessLimits.BeTheFirstToGo();
    return server.Serve(Console.Out);
}

if (!ProbeArguments.TryRead(args, out var package, out var settings, out var warmsUp))
{
    Console.Error.WriteLine("Scoring.Probe is started by the app, which tells it what to try.");
    return 64;
}

Tether.EndWithParent();
ProcessLimits.BeTheFirstToGo();
var report = new PackageTrial(Console.Out, TimeProvider.System).Run(package, settings, warmsUp);
return report.Passed ? 0 : 1;
