using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace BareWorker;

/// <summary>Reads the body and answers as much as the app's function of that name does, without a model.</summary>
public static class Score
{
    private static readonly string Answer = $$"""{"model":"intent","version":"1","predictions":[{"label":"purchase","probabilities":[{{string.Join(',', Enumerable.Repeat("0.25", 4))}}]}]}""";

    [Function("Score")]
    public static async Task<IResult> PostAsync([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/score/{model}")] HttpRequest request)
    {
        await request.Body.CopyToAsync(Stream.Null, request.HttpContext.RequestAborted);
        return Results.Text(Answer, "application/json");
    }
}
