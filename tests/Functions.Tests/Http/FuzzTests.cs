using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Scoring.Http;
using TestCommon;
using Xunit.Abstractions;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Functions.Tests.Http;

/// <summary>Good bodies with random damage, through the endpoints: each is answered or refused with a body, and none fails, hangs or ends the process.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Seed = 20261129;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(1);

    private readonly EngineServices services = new();
    private readonly ITestOutputHelper output;
    private readonly List<(string Model, bool IsTensors, byte[] Body, int? HeaderLength)> good = [];

    public FuzzTests(ITestOutputHelper output)
    {
        this.output = output;
        AddNumbers();
        AddTexts();
        AddObjects();
        AddSample();
    }

    public void Dispose() => services.Dispose();

    [Fact]
    public Task Send_SomeDamagedBodies_AreAnsweredOrRefused() => RunAsync(bodies: 300);

    [Fact]
    [Trait("Category", "Proof")]
    public Task Send_AMillionDamagedBodies_AreAnsweredOrRefused() => RunAsync(bodies: 1_000_000);

    private async Task RequireGoodAsync()
    {
        foreach (var (model, isTensors, body, headerLength) in good)
        {
            var (status, answer) = await SendAsync(model, isTensors, body, headerLength);
            Assert.True(status == StatusCodes.Status200OK, $"{model}: {status} {Encoding.UTF8.GetString(answer)}");
        }
    }

    private async Task RunAsync(int bodies)
    {
        await RequireGoodAsync();
        var statuses = new ConcurrentDictionary<int, int>();
        var failed = new ConcurrentQueue<string>();
        var done = 0;
        var sending = Parallel.ForAsync(0, bodies, async (index, _) =>
        {
            var random = new Random(Seed + index);
            var (model, isTensors, sound, soundLength) = good[random.Next(good.Count)];
            var body = DamagedBodies.Damage(sound, random);
            var headerLength = soundLength is { } length ? Math.Max(0, length + random.Next(-2, 3)) : (int?)null;
            var (status, answer) = await SendAsync(model, isTensors, body, headerLength);
            statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status >= StatusCodes.Status500InternalServerError || answer.Length == 0)
            {
                failed.Enqueue($"{status} {Encoding.UTF8.GetString(answer)} of {model}: {Convert.ToBase64String(body)}");
            }

            Interlocked.Increment(ref done);
        });
        await EndOfAsync(sending, () => Volatile.Read(ref done));

        Assert.True(failed.IsEmpty, $"{failed.Count} failed: {string.Join(Environment.NewLine, failed.Take(20))}");
        Assert.True(statuses[StatusCodes.Status400BadRequest] > bodies / 4 && statuses[StatusCodes.Status200OK] > 0);
        output.WriteLine($"{done} damaged bodies: {string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} answered {status.Key}"))}; none was empty and none hung.");
    }

    // It bounds a hang and not a speed: as long as bodies are answered, it waits.
    private static async Task EndOfAsync(Task sending, Func<int> done)
    {
        var before = -1;
        while (await Task.WhenAny(sending, Task.Delay(LongestAnswer)) != sending)
        {
            Assert.NotEqual(before, done());
            before = done();
        }

        await sending;
    }

    private async Task<(int Status, byte[] Answer)> SendAsync(string model, bool isTensors, byte[] body, int? headerLength)
    {
        using var written = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services.Get<IServiceProvider>() };
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        context.Response.Body = written;
        if (headerLength is { } length)
        {
            context.Request.Headers[InferenceBody.HeaderLength] = length.ToString(CultureInfo.InvariantCulture);
        }

        var result = isTensors
            ? await services.Get<OpenInferenceEndpoint>().InferAsync(context.Request, model, null, CancellationToken.None)
            : await services.Get<ScoreEndpoint>().ScoreAsync(context.Request, model, null, CancellationToken.None);
        await result.ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return (context.Response.StatusCode, written.ToArray());
    }

    private void AddNumbers()
    {
        new GraphBuilder().Input("x", DataType.Float, "rows", 2).Input("k", DataType.Int64, "rows").Node("Identity", ["x"], ["y"]).Node("Identity", ["k"], ["l"])
            .Output("y", DataType.Float, "rows", 2).Output("l", DataType.Int64, "rows").Save(Folder("numbers"));
        Add("numbers", """{"instances":[{"x":[1,2.5],"k":3},{"x":[-1e3,0],"k":-9}],"parameters":{"topK":2}}""");
        AddTensors("numbers", """{"id":"a","inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[[1,2],[3,4]]},{"name":"k","shape":[2],"datatype":"INT64","data":[5,6]}],"outputs":[{"name":"y","parameters":{"binary_data":true}},{"name":"l"}]}""");
        AddTensors("numbers", """{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}},{"name":"k","shape":[1],"datatype":"INT64","parameters":{"binary_data_size":8}}],"parameters":{"binary_data_output":true}}""", new byte[16]);

        GraphBuilder.Echo(DataType.Float, null!).Save(Folder("any"));
        Add("any", """{"instances":[[[1,2],[3,4]]]}""");
        AddTensors("any", """{"inputs":[{"name":"x","shape":[2,1,1],"datatype":"FP32","data":[null,"NaN"]}]}""");

        GraphBuilder.Echo(DataType.Bool, "rows", "n").Save(Folder("flags"));
        Add("flags", """{"instances":[[true,false],[false,true]]}""");
        AddTensors("flags", """{"inputs":[{"name":"x","shape":[1,3],"datatype":"BOOL","parameters":{"binary_data_size":3}}]}""", [0, 1, 1]);

        GraphBuilder.Echo(DataType.Float16, "rows").Save(Folder("halves"));
        Add("halves", """{"instances":[1.5,2]}""");
        AddTensors("halves", """{"inputs":[{"name":"x","shape":[2],"datatype":"FP16","parameters":{"binary_data_size":4}}],"parameters":{"binary_data_output":true}}""", [0, 60, 0, 64]);
    }

    private void AddTexts()
    {
        GraphBuilder.Echo(DataType.String, "rows").Save(Folder("texts"));
        Add("texts", """{"instances":["a","ü\u00e9\"\\"]}""");
        AddTensors("texts", """{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","data":["a","\u00e9"]}]}""");
        AddTensors("texts", """{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","parameters":{"content_type":"base64"},"data":["/wD+"]}]}""");
        AddTensors("texts", """{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}],"parameters":{"binary_data_output":true}}""", [1, 0, 0, 0, (byte)'a', 2, 0, 0, 0, 0xFF, 0]);

        new GraphBuilder().Input("x", DataType.String, "rows").Extension("StringUpper", ["x"], ["y"]).Output("y", DataType.String, "rows").Save(Folder("upper"));
        Add("upper", """{"instances":["a","ü"]}""");
        AddTensors("upper", """{"inputs":[{"name":"x","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":11}}]}""", [1, 0, 0, 0, (byte)'a', 2, 0, 0, 0, 0xC3, 0xBC]);

        GraphBuilder.Echo(DataType.Uint8, "bytes").Save(Folder("bytes"));
        File.WriteAllText(Path.Combine(Folder("bytes"), "model.json"), """{"features":[{"name":"photo","type":"bytes"}]}""");
        Add("bytes", """{"instances":[{"photo":"AQID"},"BAUGBw=="]}""");
    }

    private void AddObjects()
    {
        new GraphBuilder().Input("m", GraphBuilder.MapOf(DataType.String, DataType.Float)).Node("DictVectorizer", ["m"], ["y"], GraphBuilder.Attribute("string_vocabulary", "a", "b"))
            .Output("y", DataType.Float, 1, 2).Save(Folder("maps"));
        Add("maps", """{"instances":[{"m":{"a":1,"b":2}},{"b":3}]}""");
        AddTensors("maps", """{"inputs":[{"name":"m","shape":[1],"datatype":"FP32","data":[1]},{"name":"m/keys","shape":[1],"datatype":"BYTES","data":["a"]}]}""");

        var items = GraphBuilder.SequenceOf(GraphBuilder.Tensor(DataType.Float, "n"));
        new GraphBuilder().Input("s", items).Node("Identity", ["s"], ["t"]).Output("t", items).Save(Folder("sequences"));
        Add("sequences", """{"instances":[{"s":[[1,2],[3]]}]}""");
        AddTensors("sequences", """{"inputs":[{"name":"s/0","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"s/1","shape":[1],"datatype":"FP32","data":[3]}]}""");
    }

    private void AddSample()
    {
        var sample = Checkout.PathTo("samples", "intent", "package");
        var folder = Directory.CreateDirectory(Folder("intent")).FullName;
        foreach (var file in Directory.EnumerateFiles(sample))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Add("intent", File.ReadAllText(Checkout.PathTo("samples", "intent", "request.json")));
    }

    private string Folder(string model) => Path.Combine(services.Models, model, "1");

    private void Add(string model, string body) => good.Add((model, false, Encoding.UTF8.GetBytes(body), null));

    private void AddTensors(string model, string json) => good.Add((model, true, Encoding.UTF8.GetBytes(json), null));

    private void AddTensors(string model, string json, byte[] tensors)
    {
        var header = Encoding.UTF8.GetBytes(json);
        good.Add((model, true, [.. header, .. tensors], header.Length));
    }
}
