using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Scoring;
using Scoring.Http;

ProcessStart.Enter();
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services
    .AddScoring(builder.Configuration, insights => insights.ConfigureFunctionsApplicationInsights())
    .AddScoringHttp();
builder.Build().Preload().Run();
