using System.Globalization;
using System.Text.Json;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Repository;

namespace Scoring.Bench;

/// <summary>What it costs the answers that a candidate scores requests in the shadow.</summary>
internal sealed class ShadowBenchmark : IBenchmark
{
    private const string Model = "encoder";
    private const int Tokens = 32;
    private const int RoundCount = 9;
    private const double OfCapacity = 0.7;

    // Requests a second, far more than two processors answer.
    private const double Beyond = 1000;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);
    private static readonly double[] Shares = [0, 10, 100];

    public string Name => "shadow";

    public string Summary => "p99 of an encoder at 70 % of its capacity while a candidate scores 10 % and 100 % of the requests in the shadow, beside none";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        var apps = new List<(Server Server, HttpClient Client)>();
        try
        {
            foreach (var share in Shares)
            {
                apps.Add(await StartAsync(Path.Combine(folder.FullName, $"{share}"), share, cancellationToken));
            }

            return await MeasureAsync([.. apps.Select(app => app.Client)], output, cancellationToken);
        }
        finally
        {
            foreach (var (server, client) in apps)
            {
                client.Dispose();
                server.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(HttpClient[] clients, TextWriter output, CancellationToken cancellationToken)
    {
        // Asked for far more than it can answer, it answers what it can.
        var capacity = (await OpenLoad.RunAsync(clients[0], Request, Beyond, Round, 0, cancellationToken)).PerSecond;
        var rounds = new List<double[]>();
        for (var round = -1; round < RoundCount; round++)
        {
            // Each round begins with another, so that none always follows the same.
            var p99 = new double[clients.Length];
            for (var turn = 0; turn < clients.Length; turn++)
            {
                var which = (turn + Math.Max(round, 0)) % clients.Length;
                p99[which] = (await OpenLoad.RunAsync(clients[which], Request, OfCapacity * capacity, Round, round, cancellationToken)).P99;
            }

            if (round >= 0)
            {
                rounds.Add(p99);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"p99 at {OfCapacity * capacity:F0}/s: {p99[0]:F1} ms without a shadow, {p99[1]:F1} ms with 10 %, {p99[2]:F1} ms with 100 %"));
            }
        }

        var shadowed = new double[clients.Length];
        for (var which = 1; which < clients.Length; which++)
        {
            shadowed[which] = await ShadowedAsync(clients[which], cancellationToken);
        }

        return [Figure(1, "10 %", Aim.AtMost(1.05)), Figure(2, "100 %", null)];

        Figure Figure(int which, string share, Aim? aim) => new(
            $"p99 at 70 % of capacity, a candidate scores {share} of the requests as well", "none", Rounds.Median([.. rounds.Select(round => round[which] / round[0])]), "x", aim)
        {
            OnLocalHost = true,
            Medians = new Dictionary<string, double>
            {
                ["capacityPerSecond"] = capacity,
                ["withoutP99Milliseconds"] = Rounds.Median([.. rounds.Select(round => round[0])]),
                ["withP99Milliseconds"] = Rounds.Median([.. rounds.Select(round => round[which])]),
                ["shadowedPerSecond"] = shadowed[which] / (Round.TotalSeconds * (RoundCount + 1)),
            },
        };
    }

    private static async Task<(Server Server, HttpClient Client)> StartAsync(string folder, double shadow, CancellationToken cancellationToken)
    {
        foreach (var version in (string[])["1", "2"])
        {
            EncoderModel.Write(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "models", Model, version)).FullName, ModelPackage.ModelFile));
        }

        var rollout = Rollout.Create([new RolloutArm("2", [0])], TimeSpan.Zero, TimeProvider.System.GetUtcNow()) with { Shadow = shadow };
        await File.WriteAllBytesAsync(Path.Combine(folder, "models", Model, LivePointer.FileName), new LivePointer("1") { Rollout = shadow > 0 ? rollout : null }.ToJson(), cancellationToken);
        var server = Peers.App(folder, null, ("Scoring__Preload", Model), ("Scoring__RefreshInterval", "00:00:01"));
        await server.AnswerAsync(Request, cancellationToken);
        var client = new HttpClient { BaseAddress = server.Address };
        if (shadow > 0)
        {
            while (await ReasonAsync(client, cancellationToken) is not null)
            {
                await Task.Delay(100, cancellationToken);
            }
        }

        return (server, client);
    }

    // A candidate that is loaded has none.
    private static async Task<string?> ReasonAsync(HttpClient client, CancellationToken cancellationToken) =>
        await CandidateAsync(client, cancellationToken) is { } candidate ? candidate.GetProperty("reason").GetString() : "It is not followed yet.";

    private static async Task<double> ShadowedAsync(HttpClient client, CancellationToken cancellationToken) =>
        (await CandidateAsync(client, cancellationToken))!.Value.GetProperty("shadowed").GetInt64();

    private static async Task<JsonElement?> CandidateAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/models/{Model}");
        request.Headers.Add("x-functions-key", Peers.FunctionKey);
        using var response = await client.SendAsync(request, cancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.GetProperty("rollout") is { ValueKind: JsonValueKind.Object } rollout ? rollout.GetProperty("versions")[0].Clone() : null;
    }

    private static HttpRequestMessage Request() => Peers.Request(EncoderService.Body(Tokens, 7), $"api/score/{Model}");
}
