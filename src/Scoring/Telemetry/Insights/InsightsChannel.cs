using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Core;
using Microsoft.ApplicationInsights.Channel;
using Envelopes = Microsoft.ApplicationInsights.Extensibility.Implementation.JsonSerializer;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Holds items until they are sent, and sends when asked. What the service could not take now stays and is tried again, later each time; what it refuses for good is dropped and
/// counted. It holds what it is given: who gives looks at <see cref="Count"/> first. One caller at a time.
/// </summary>
/// <param name="endpoint">Of the ingestion service.</param>
/// <param name="credential">Whose token goes with each batch; null for none.</param>
/// <param name="time">Tells when another try is due.</param>
internal sealed class InsightsChannel(Uri endpoint, TokenCredential? credential, TimeProvider time) : ITelemetryChannel
{
    private const int BatchItems = 500;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TokenRequestContext Scope = new(["https://monitor.azure.com//.default"]);

    private readonly HttpClient http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = AnswerTimeout };
    private readonly Uri track = new(endpoint, "v2/track");
    private readonly Queue<ITelemetry> items = new();
    private TimeSpan pause;
    private DateTimeOffset due;

    /// <summary>Items that wait.</summary>
    public int Count => items.Count;

    /// <summary>Items that the service has refused for good, since the start.</summary>
    public long Refused { get; private set; }

    public bool? DeveloperMode { get; set; }

    public string EndpointAddress { get; set; } = "";

    public void Send(ITelemetry item) => items.Enqueue(item);

    public void Flush()
    {
    }

    /// <summary>Sends what waits, batch by batch, until all is sent or a batch was not taken; does nothing while the pause after such a batch lasts.</summary>
    /// <param name="isLast">Whether to try in spite of the pause, since there will be no later.</param>
    /// <param name="cancellationToken">Ends a try; its batch stays.</param>
    public async Task SendAsync(bool isLast, CancellationToken cancellationToken)
    {
        while (items.Count > 0 && (isLast || time.GetUtcNow() >= due))
        {
            var batch = items.Take(BatchItems).ToArray();
            if (!await TrySendAsync(batch, cancellationToken).ConfigureAwait(false))
            {
                pause = pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : pause * 2 < LongestPause ? pause * 2 : LongestPause;
                due = time.GetUtcNow() + pause;
                return;
            }

            pause = TimeSpan.Zero;
            for (var sent = 0; sent < batch.Length; sent++)
            {
                items.Dequeue();
            }
        }
    }

    public void Dispose() => http.Dispose();

    // False where the same batch may be taken later.
    private async Task<bool> TrySendAsync(ITelemetry[] batch, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, track) { Content = new ByteArrayContent(Envelopes.Serialize(batch)) };
            request.Content.Headers.ContentType = new("application/x-json-stream");
            request.Content.Headers.ContentEncoding.Add("gzip");
            if (credential is not null)
            {
                var token = await credential.GetTokenAsync(Scope, cancellationToken).ConfigureAwait(false);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
            }

            using var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            switch (answer.StatusCode)
            {
                case HttpStatusCode.PartialContent:
                    Refused += await CountRefusedAsync(answer, cancellationToken).ConfigureAwait(false);
                    return true;
                case HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.RequestEntityTooLarge:
                    Refused += batch.Length;
                    return true;
                default:
                    return answer.IsSuccessStatusCode;
            }
        }
#pragma warning disable CA1031 // Whatever keeps a batch from being sent now, such as an identity that gives no token, may be over at the next try.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private static async Task<int> CountRefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), default, cancellationToken).ConfigureAwait(false);
        return json.RootElement.GetProperty("itemsReceived").GetInt32() - json.RootElement.GetProperty("itemsAccepted").GetInt32();
    }
}
