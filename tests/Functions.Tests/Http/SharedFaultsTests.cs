using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Scoring.Http;
using TestCommon;

namespace Functions.Tests.Http;

/// <summary>Real inputs on which the service once answered wrongly, each sent as it was found.</summary>
public sealed class SharedFaultsTests : IDisposable
{
    private const string Faults = "faults/serving";

    private readonly EngineServices services = new();

    public void Dispose() => services.Dispose();

    [SharedDataTheory(Faults)]
    [InlineData("id_fp32.onnx", "triton-nan.v2.json", 400, "found FP64; expected FP32")]
    [InlineData("expand.onnx", "expand-huge.v2.json", 413, "more than the server has")]
    [InlineData("sparse_initializer_as_output.onnx", "sparse.v2.json", 503, "sparse")]
    [InlineData("id_f8.onnx", "sparse.v2.json", 503, "such as float8")]
    [InlineData("id_int4.onnx", "sparse.v2.json", 503, "is INT4, for which the Open Inference Protocol has no datatype")]
    public async Task Infer_InputThatOnceWentWrong_IsAnsweredWithASentence(string model, string body, int status, string sentence)
    {
        Place(model);

        var answer = await services.CallAsync(request => services.Get<OpenInferenceEndpoint>().InferAsync(request, "m", null, default), Read(body));

        Assert.Equal(status, answer.Status);
        Assert.Contains(sentence, (string?)JsonNode.Parse(answer.Body)!["error"], StringComparison.Ordinal);
    }

    [SharedDataFact(Faults)]
    public async Task Infer_BareNaN_IsTaken()
    {
        Place("id_fp32.onnx");
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Read("triton-nan.v2.json")).Replace("FP64", "FP32", StringComparison.Ordinal));

        var answer = await services.CallAsync(request => services.Get<OpenInferenceEndpoint>().InferAsync(request, "m", null, default), body);

        Assert.Equal("""["NaN","-Infinity"]""", JsonNode.Parse(answer.Body)!["outputs"]![0]!["data"]!.ToJsonString());
    }

    [SharedDataFact(Faults)]
    public async Task Score_EmptyDimensionInNumpysForm_IsRead()
    {
        Place("pastkv.onnx");

        var (status, body) = await services.CallAsync(request => services.Get<ScoreEndpoint>().ScoreAsync(request, "m", null, default), Read("pastkv.score.json"));

        Assert.True(status == StatusCodes.Status200OK, body);
    }

    [SharedDataFact(Faults)]
    public async Task Score_TextsOfUnequalLength_EachComeBackAtTheirOwn()
    {
        var package = Directory.CreateDirectory(Path.Combine(services.Models, "m", "1")).FullName;
        foreach (var file in Directory.GetFiles(Checkout.SharedPathTo($"{Faults}/text-padding")))
        {
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
        }

        var (status, body) = await services.CallAsync(
            request => services.Get<ScoreEndpoint>().ScoreAsync(request, "m", null, default), """{"instances":["w3 w4","w5 w6 w7 w8 w9"]}"""u8.ToArray());

        Assert.True(status == StatusCodes.Status200OK, body);
        var rows = JsonNode.Parse(body)!["predictions"]!.AsArray().Select(prediction => prediction!["outputs"]!.AsObject().First().Value!.AsArray().Count);
        Assert.Equal([2, 5], rows);
    }

    private void Place(string model) =>
        File.Copy(Checkout.SharedPathTo($"{Faults}/{model}"), Path.Combine(Directory.CreateDirectory(Path.Combine(services.Models, "m", "1")).FullName, "model.onnx"));

    private static byte[] Read(string file) => File.ReadAllBytes(Checkout.SharedPathTo($"{Faults}/{file}"));
}
