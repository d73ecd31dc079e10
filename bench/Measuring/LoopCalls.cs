using System.Diagnostics;
using System.Net;
using System.Text;
using TestCommon;

namespace Scoring.Bench.Measuring;

/// <summary>A model whose run takes as long as its input says, behind the app: published, measured, and asked by callers that wait as <c>Retry-After</c> tells them.</summary>
internal sealed class LoopCalls(HttpClient client, string model)
{
    private const long Trial = 200_000;

    private long count = Trial;

    /// <summary>Puts the model into a folder of a repository's layout.</summary>
    public static void Publish(string folder, string model) => LoopModel.Graph().Save(Path.Combine(folder, "models", model, "1"));

    /// <summary>Finds the input by which a run takes so long.</summary>
    public async Task TuneAsync(TimeSpan run, CancellationToken cancellationToken)
    {
        var took = double.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            using var request = Request();
            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            took = Math.Min(took, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        count = (long)(count * run.TotalSeconds / took);
    }

    /// <summary>One request.</summary>
    public HttpRequestMessage Request()
    {
        var body = $$$"""{"inputs":[{"name":"n","datatype":"INT64","shape":[],"data":{{{count}}}},{"name":"a","datatype":"FP32","shape":[1],"data":[0]}]}""";
        var request = new HttpRequestMessage(HttpMethod.Post, $"v2/models/{model}/infer") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("x-functions-key", Peers.FunctionKey);
        return request;
    }

    /// <summary>Answers of 200 a second with so many callers, each asking again as soon as it is answered, or after what <c>Retry-After</c> says.</summary>
    public async Task<double> ClosedAsync(int callers, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, CancellationToken.None)));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task<int> CallAsync()
        {
            var answered = 0;
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    using var request = Request();
                    using var response = await client.SendAsync(request, CancellationToken.None);
                    answered += response.StatusCode == HttpStatusCode.OK ? 1 : 0;
                    if (response.Headers.RetryAfter?.Delta is { } wait)
                    {
                        await Task.Delay(wait, stop);
                    }
                }
            }
            catch (OperationCanceledException)
            {
            }

            return answered;
        }
    }
}
