using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Scoring;
using Scoring.Http;
using Scoring.Telemetry;

ColdStartClock.Enter();
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services
    .AddScoring(builder.Configuration, insights => insights.ConfigureFunctionsApplicationInsights())
    .AddScoringHttp();
builder.Build().Run();
