using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Batch;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Http;
using Scoring.Onnx;

namespace Scoring.Bench;

/// <summary>A tensor of 16 MB through <c>/v2</c> in binary, beside an endpoint that reads the same body and does nothing with it; both on Kestrel, in this process, over loopback.</summary>
internal sealed class BinaryTensorBenchmark : IBenchmark
{
    private const int Elements = 4 << 20;
    private const int WarmUpRounds = 10;
    private const int RoundCount = 101;

    public string Name => "binary-tensor";

    public string Summary => "bytes/s of a 16 MB tensor sent as binary data, beside a bare Kestrel endpoint that reads the same body";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            WriteModel(Directory.CreateDirectory(Path.Combine(folder.FullName, "models", "shape", "1")));
            await using var app = await StartAsync(folder.FullName, cancellationToken);
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            var json = Encoding.UTF8.GetBytes($$$"""{"inputs":[{"name":"x","shape":[{{{Elements}}}],"datatype":"FP32","parameters":{"binary_data_size":{{{Elements * sizeof(float)}}} } }]}""");
            byte[] body = [.. json, .. new byte[Elements * sizeof(float)]];
            var times = new[] { new double[RoundCount], new double[RoundCount] };
            for (var round = -WarmUpRounds; round < RoundCount; round++)
            {
                times[0][Math.Max(0, round)] = await TimeAsync(client, "infer", body, json.Length, cancellationToken);
                times[1][Math.Max(0, round)] = await TimeAsync(client, "bare", body, json.Length, cancellationToken);
            }

            var (infer, bare) = (Rounds.Median(times[0]), Rounds.Median(times[1]));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"/v2 {body.Length / infer / 1e6:F0} MB/s, bare {body.Length / bare / 1e6:F0} MB/s, ratio {bare / infer:F2} (medians of {RoundCount} rounds in turn)"));
            return
            [
                new("binary tensor of 16 MB to `/v2`, bytes/s", "bare Kestrel endpoint that reads the same body", bare / infer, "x", Aim.AtLeast(0.7))
                {
                    Medians = new Dictionary<string, double> { ["inferMegabytesPerSecond"] = body.Length / infer / 1e6, ["bareMegabytesPerSecond"] = body.Length / bare / 1e6 },
                },
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> TimeAsync(HttpClient client, string path, byte[] body, int headerLength, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add("Inference-Header-Content-Length", headerLength.ToString(CultureInfo.InvariantCulture));
        var start = Stopwatch.GetTimestamp();
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return response.IsSuccessStatusCode ? took : throw new InvalidOperationException(answer);
    }

    private static async Task<WebApplication> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Scoring:Repository"] = Path.Combine(folder, "models"),
            ["Scoring:CacheDirectory"] = Path.Combine(folder, "cache"),
            ["Scoring:MaxBodyBytes"] = (32 << 20).ToString(CultureInfo.InvariantCulture),
        });
        builder.Services.AddScoring(builder.Configuration).AddScoringJobs(builder.Configuration).AddScoringHttp();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = app.Services.GetRequiredService<OpenInferenceEndpoint>();
        app.Run(async context =>
        {
            if (context.Request.Path == "/infer")
            {
                var result = await endpoint.InferAsync(context.Request, "shape", null, context.RequestAborted);
                await result.ExecuteAsync(context);
            }
            else
            {
                await ReadAsync(context.Request);
            }
        });
        await app.StartAsync(cancellationToken);
        return app;
    }

    private static async Task ReadAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    // A model that looks at nothing but the tensor's shape: what is measured is the way there.
    private static void WriteModel(DirectoryInfo folder)
    {
        var graph = new GraphProto { Name = "shape" };
        graph.Input.Add(Value("x", TensorProto.Types.DataType.Float));
        graph.Output.Add(Value("y", TensorProto.Types.DataType.Int64));
        graph.Node.Add(new NodeProto { OpType = "Shape", Input = { "x" }, Output = { "y" } });
        var model = new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } };
        File.WriteAllBytes(Path.Combine(folder.FullName, "model.onnx"), model.ToByteArray());
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = name } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
