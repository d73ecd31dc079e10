// Client ADDRESS KEY: what a caller does with the clients that NSwag generated.
using Generated;

using var http = new HttpClient { BaseAddress = new Uri(args[0]) };
http.DefaultRequestHeaders.Add("x-functions-key", args[1]);
var client = new ScoringClient(http);
var visit = new Dictionary<string, object>
{
    ["ProductRelated"] = 20, ["ProductRelated_Duration"] = 1424.4, ["PageValues"] = 31.7, ["Month"] = "Nov", ["VisitorType"] = "New_Visitor", ["Weekend"] = false,
};

var answer = await client.ScoreAsync("intent", null, new ScoreRequest { Instances = [visit] });
Console.WriteLine($"score {answer.Predictions.Single().Label} {answer.Predictions.Single().Probabilities.Count}");

var tensors = await client.InferModelAsync("intent", null, null, new InferenceRequest
{
    Inputs = [new Inputs { Name = "features", Shape = [1, 23], Datatype = Datatype.FP32, Data = [.. Enumerable.Repeat<object>(0, 23)] }],
});
Console.WriteLine($"infer {tensors.Outputs.Single(output => output.Name == "probabilities").Data.Count}");

var job = await SubmitAsync(new JobRequest { Id = "nswag-client", Model = "intent", Instances = [visit, visit] });
while (job.State is not (JobState.Succeeded or JobState.Failed or JobState.Cancelled))
{
    await Task.Delay(200);
    job = await client.JobAsync(job.Id);
}

Console.WriteLine($"job {job.State} {job.Rows}");

// The client of this one model: misspelling a feature does not compile.
var typed = new Intent.IntentClient(http);
var typedAnswer = await typed.ScoreAsync(null, new Intent.ScoreRequest
{
    Instances = [new Intent.Instance { ProductRelated = 20, ProductRelated_Duration = 1424.4, PageValues = 31.7, Month = Intent.InstanceMonth.Nov, VisitorType = Intent.InstanceVisitorType.New_Visitor, Weekend = false }],
});
Console.WriteLine($"typed {typedAnswer.Predictions.Single().Label}");

// What is wrong with a request stands in the problem, not in the exception's message.
async Task<Job> SubmitAsync(JobRequest request)
{
    try
    {
        return await client.SubmitJobAsync(request);
    }
    catch (ApiException<Problem> refused)
    {
        throw new InvalidOperationException($"{refused.Result.Detail} {string.Join("; ", refused.Result.Errors?.Select(error => $"{error.Pointer}: {error.Detail}") ?? [])}", refused);
    }
}
