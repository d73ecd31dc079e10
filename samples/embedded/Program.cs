using System.Diagnostics;
using System.Text.Json;
using Scoring;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddScoring(builder.Configuration);
var app = builder.Build();
app.MapPost("/intent", async (HttpContext http, ModelCatalog models, DynamicBatcher batcher) =>
{
    using var body = new MemoryStream();
    await http.Request.Body.CopyToAsync(body, http.RequestAborted);
    using var lease = await models.LeaseAsync("intent", version: null, http.RequestAborted);
    using var batch = lease.Model.RentBatch();
    var parameters = ScoreRequest.Read(body.GetBuffer().AsSpan(0, (int)body.Length), batch, maxInstances: 100);
    await batcher.RunAsync(batch, new RunDeadline(Stopwatch.GetTimestamp() + Stopwatch.Frequency), http.RequestAborted);
    await using var writer = new Utf8JsonWriter(http.Response.BodyWriter);
    ScoreResponse.Write(writer, batch, parameters);
});
app.Run();
