using LocalHost.Hosting;
using Microsoft.Extensions.Hosting;
using Scoring;
using Scoring.Probe;
using Scoring.Serving.Probing;
using Triggers;

if (args is [ProbeArguments.Within, .. var told])
{
    return ProbeProgram.Run(told);
}

ProcessStart.Enter();
StartFaults.EndPlainly();
var source = AppSource.Triggers(args);
var builder = LocalApplication.CreateBuilder(source);
builder.AddScoringFunctions();
LocalApplication.Build(builder, source).Preload().Run();
return 0;
