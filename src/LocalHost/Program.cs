using LocalHost.Hosting;
using Microsoft.Extensions.Hosting;
using Scoring;
using Triggers;

ProcessStart.Enter();
StartFaults.EndPlainly();
var source = AppSource.Triggers(args);
var builder = LocalApplication.CreateBuilder(source);
builder.AddScoringFunctions();
LocalApplication.Build(builder, source).Preload().Run();
