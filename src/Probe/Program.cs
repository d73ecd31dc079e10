using Scoring.Probe;
using Scoring.Serving.Probing;

// Started by a server or the model tool, never by hand; see PackageTrial for what it does and ProbeLine for what it says.
if (!ProbeArguments.TryRead(args, out var package, out var settings, out var warmsUp))
{
    Console.Error.WriteLine("Scoring.Probe is started by the app, which tells it what to try.");
    return 64;
}

Tether.EndWithParent();
ProcessLimits.BeTheFirstToGo();
var report = new PackageTrial(Console.Out, TimeProvider.System).Run(package, settings, warmsUp);
return report.Passed ? 0 : 1;
