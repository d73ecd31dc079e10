using System.Collections.Concurrent;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Features.Text.Caching;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving.Batching;
using Scoring.Serving.Probing;

namespace Scoring.Serving;

/// <summary>A version of a model, loaded: its session, how instances become its rows and how its outputs become predictions. Thread safe; batches are rented from it.</summary>
public sealed class LoadedModel : IDisposable
{
    // An idle batch keeps buffers as large as the largest request that it held. So no more are kept than can run at once, with as many again being read or written.
    private static readonly int MaxIdleBatches = 2 * Environment.ProcessorCount;

    private readonly ModelSession session;
    private readonly ConcurrentQueue<ScoringBatch> idle = new();
    private BatchingPolicy? batching;
    private ScoringBatch? next;
    private volatile bool isDisposed;

    private LoadedModel(ModelPackage package, ModelConfig config, ModelSession session, SessionSettings settings, TokenCache? cache)
    {
        Settings = settings;
        Package = package;
        this.session = session;
        var plan = EncoderPlan.Create(config, session.Signature, package.Directory, cache, GoldenGaps.Find(package.GoldenPath));
        Config = config with { Features = plan.Features };
        Signature = plan.Signature;
        Encoder = plan.Encoder;
        FeatureNames = [.. Encoder.Features.Select(feature => feature.Name)];
        Bins = config.FeatureBaseline is { } baseline ? FeatureBins.Create(baseline, Encoder.Columns) : null;
        Predictions = PredictionPlan.Create(config, session.Signature, package.ModelPath);
        Served = Predictions.Served(Signature);
        TokenAxes = Predictions.Embedding is null ? TokenAxis.Named(Signature, Encoder.Tokens) : [];
        if (Encoder.Tokens.Any(text => text.Pooling is not null))
        {
            Predictions.CheckPools(Served);
        }
    }

    /// <summary>The package that it was loaded from.</summary>
    public ModelPackage Package { get; }

    /// <summary>What the package's author says of it.</summary>
    public ModelConfig Config { get; }

    /// <summary>How its session was made.</summary>
    public SessionSettings Settings { get; }

    /// <summary>The execution providers of its session.</summary>
    public ProvidersInUse Providers => session.Providers;

    /// <summary>Where its operators ran when it was warmed up; empty before, and where only the processor was asked for.</summary>
    public IReadOnlyList<NodePlacement> Placement { get; private set; } = [];

    /// <summary>Its inputs and outputs; widths that <c>model.json</c> fixes are filled in.</summary>
    public ModelSignature Signature { get; }

    /// <summary>The names that instances may have: its features, or its inputs.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>What its scores mean: the author's word, or what its outputs tell.</summary>
    public ModelTask Task => Predictions.Task;

    /// <summary>The names of its labels, in the order of its scores; none where they are numbered. Null where the model names them itself and has not done so yet.</summary>
    internal IReadOnlyList<string>? LabelNames =>
        Predictions.LabelNames.Count > 0 ? Predictions.LabelNames : OwnLabelNames ?? (Predictions.ScoreOutput >= 0 && Served.Outputs[Predictions.ScoreOutput].Kind != ValueKind.Tensor ? null : []);

    /// <summary>The names that the model gave the scores of a row; null before the first.</summary>
    internal IReadOnlyList<string>? OwnLabelNames { get; set; }

    internal RowEncoder Encoder { get; }

    /// <summary>The bins of its baseline; null without one.</summary>
    internal FeatureBins? Bins { get; }

    /// <summary>Where the rows of its requests are counted; null where they are not.</summary>
    internal FeatureCounting? Counting { get; set; }

    internal PredictionPlan Predictions { get; }

    /// <summary>The signature with the outputs alone that predictions are made of, pooled where they are.</summary>
    internal ModelSignature Served { get; }

    /// <summary>Which of the outputs served were seen to follow the rows; null before warming up and where nothing was tried.</summary>
    internal bool[]? RowsSeen { get; private set; }

    /// <summary>The axes of outputs that count tokens; before warming up, those alone that bear their name.</summary>
    internal IReadOnlyList<TokenAxis> TokenAxes { get; private set; }

    /// <summary>Decides which of its requests may share a run.</summary>
    internal BatchingPolicy Batching => batching ?? Interlocked.CompareExchange(ref batching, BatchingFrom(static () => new BatchSizeTuner()), null) ?? batching;

    internal ModelSession Session => session;

    /// <summary>True for a version that is not the live one: a candidate of a rollout, one that a request named, or one that was live. It waits in the live version's line by the live version's configuration.</summary>
    internal bool IsBesideLive { get; set; }

    /// <summary>Its line at the gate that it was run by last; the gate's own note.</summary>
    internal ModelLine? Line { get; set; }

    /// <summary>Loads a package.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with the cause: the model does not load, its configuration is wrong, or the two do not fit.</exception>
    public static LoadedModel Load(ModelPackage package, SessionSettings settings) => Load(package, settings, cache: null);

    /// <summary>Loads a package whose texts go through a cache.</summary>
    /// <param name="package">On the local disk.</param>
    /// <param name="settings">How to make its session; the package's own come on top.</param>
    /// <param name="cache">Null for none.</param>
    /// <param name="open">Makes a session that runs elsewhere; null for one of this process.</param>
    /// <inheritdoc cref="Load(ModelPackage, SessionSettings)"/>
    internal static LoadedModel Load(ModelPackage package, SessionSettings settings, TokenCache? cache, Func<SessionSettings, ModelSession>? open = null)
    {
        var config = SentenceTransformerFiles.Complete(ModelConfigReader.ReadFile(package.ConfigPath), package.Directory);
        settings = settings.With(config.Session).WithOperators(config.CustomOperators, package.Directory) with { IsIsolated = open is not null };
        var session = open is null ? ModelSession.Load(package.ModelPath, settings) : open(settings);
        try
        {
            return new LoadedModel(package, config, session, settings, cache);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A batch for one caller at a time; disposing it gives it back.</summary>
    public ScoringBatch RentBatch()
    {
        var batch = Interlocked.Exchange(ref next, null);
        if (batch is null && !idle.TryDequeue(out batch))
        {
            batch = new ScoringBatch(this);
        }

        return batch;
    }

    /// <summary>Runs the session once on made-up rows, so that the first caller does not pay for lazily made state. A model that refuses them is left as it is.</summary>
    /// <returns>Why the made-up rows were no use; null where they were, or where none can be made up.</returns>
    public WarmUpFault? WarmUp()
    {
        var seen = RowTrial.Run(session, Signature);
        if (Predictions.Embedding is null)
        {
            RowsSeen = seen;
            TokenAxes = TokenAxis.Find(session, Signature, Encoder.Tokens);
        }
        else
        {
            RowsSeen = seen is null ? null : [seen[Predictions.ScoreOutput]];
        }

        using var batch = RentBatch();
        var fault = batch.TryWarmUp();
        Placement = session.TakePlacement();
        return fault;
    }

    /// <summary>Frees the session. Only after every rented batch came back.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Interlocked.Exchange(ref next, null)?.Free();
        while (idle.TryDequeue(out var batch))
        {
            batch.Free();
        }

        Encoder.Dispose();
        session.Dispose();
    }

    /// <summary>Has each shape of rows begin with a tuner of the caller's, such as one that is settled.</summary>
    internal void TuneBy(Func<BatchSizeTuner> newTuner) => batching = BatchingFrom(newTuner);

    private BatchingPolicy BatchingFrom(Func<BatchSizeTuner> newTuner) => new(Served, RowsSeen, Config.MaxRows, newTuner);

    internal void Return(ScoringBatch batch)
    {
        if (batch.IsAbandoned)
        {
            return;
        }

        batch.Clear();
        if (isDisposed)
        {
            batch.Free();
        }
        else if (Interlocked.CompareExchange(ref next, batch, null) is not null)
        {
            if (idle.Count < MaxIdleBatches)
            {
                idle.Enqueue(batch);
            }
            else
            {
                batch.Free();
            }
        }
    }
}
