using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Answers one request as the endpoint would.</summary>
/// <param name="Body">The request, JSON.</param>
internal sealed record ScoreStep(string Folder, string Body)
{
    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        progress.Doing("scoring the request");
        using var batch = model.RentBatch();
        var started = Stopwatch.GetTimestamp();
        var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes(Body), batch, new ScoringOptions().MaxInstances);
        batch.Run(CancellationToken.None);
        using var answer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(answer, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, parameters);
        }

        return new ScoreFound(Encoding.UTF8.GetString(answer.ToArray()), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
