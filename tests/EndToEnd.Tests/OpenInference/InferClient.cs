using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using TestCommon.OpenInference;

namespace EndToEnd.Tests.OpenInference;

/// <summary>Sends bodies of the Open Inference Protocol to a running app.</summary>
internal static class InferClient
{
    private const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>Posts a request to a model.</summary>
    public static async Task<(HttpStatusCode Status, InferMessage Answer)> InferAsync(this RunningApp app, string model, InferMessage request)
    {
        using var content = new ByteArrayContent(request.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue(request.HeaderLength is null ? "application/json" : "application/octet-stream");
        if (request.HeaderLength is { } length)
        {
            content.Headers.Add(HeaderLength, length.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await app.Client.PostAsync(new Uri($"v2/models/{model}/infer", UriKind.Relative), content);
        var header = response.Headers.TryGetValues(HeaderLength, out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : (int?)null;
        return (response.StatusCode, new InferMessage(await response.Content.ReadAsByteArrayAsync(), header));
    }

    /// <summary>Posts a request that must be answered, and reads the tensors.</summary>
    public static async Task<IReadOnlyList<TestTensor>> InferredAsync(this RunningApp app, string model, InferMessage request)
    {
        var (status, answer) = await app.InferAsync(model, request);
        Assert.True(status == HttpStatusCode.OK, $"{model}: {status} {System.Text.Encoding.UTF8.GetString(answer.Body)}");
        return answer.Outputs();
    }
}
