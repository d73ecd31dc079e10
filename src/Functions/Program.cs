using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Scoring;
using Triggers;

ProcessStart.Enter();
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddScoringFunctions();
CallerMiddleware.AddTo(builder);
HostLogs.LeaveToTheApp(builder);
HandshakeMark.Add(builder);
builder.Build().Preload().Run();
