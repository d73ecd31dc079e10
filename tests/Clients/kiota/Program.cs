// Client ADDRESS KEY: what a caller does with the client that Kiota generated.
using Generated;
using Generated.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

// Kiota's ApiKeyAuthenticationProvider sends a key over https alone; a local address has none.
using var http = KiotaClientFactory.Create();
http.DefaultRequestHeaders.Add("x-functions-key", args[1]);
using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = args[0].TrimEnd('/') };
var client = new ScoringClient(adapter);
var visit = new UntypedObject(new Dictionary<string, UntypedNode>
{
    ["ProductRelated"] = new UntypedInteger(20), ["ProductRelated_Duration"] = new UntypedDouble(1424.4), ["PageValues"] = new UntypedDouble(31.7),
    ["Month"] = new UntypedString("Nov"), ["VisitorType"] = new UntypedString("New_Visitor"), ["Weekend"] = new UntypedBoolean(false),
});

var answer = await client.Api.Score["intent"].PostAsync(new ScoreRequest { Instances = new UntypedArray([visit]) });
var prediction = answer!.Predictions!.Single();
Console.WriteLine($"score {((UntypedString)prediction.Label!).GetValue()} {prediction.Probabilities!.AdditionalData.Count}");

var tensors = await client.V2.Models["intent"].Infer.PostAsync(new InferenceRequest
{
    Inputs =
    [
        new InferenceRequest_inputs
        {
            Name = "features", Shape = [1, 23], Datatype = Datatype.FP32, Data = new UntypedArray(Enumerable.Repeat<UntypedNode>(new UntypedInteger(0), 23)),
        },
    ],
});
Console.WriteLine($"infer {((UntypedArray)tensors!.Outputs!.Single(output => output.Name == "probabilities").Data!).GetValue().Count()}");

var job = await client.Api.Jobs.PostAsync(new JobRequest { Id = "kiota-client", Model = "intent", Instances = new UntypedArray([visit, visit]) });
while (job!.State is not (JobState.Succeeded or JobState.Failed or JobState.Cancelled))
{
    await Task.Delay(200);
    job = await client.Api.Jobs[job.Id!].GetAsync();
}

Console.WriteLine($"job {job.State} {job.Rows}");
