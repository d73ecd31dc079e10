using System.ComponentModel.DataAnnotations;

namespace Scoring;

/// <summary>
/// The configuration section <c>Scoring</c> (environment <c>Scoring__X</c>). Validated at start; every wrong value is named at once.
/// Lists may be given as <c>a,b</c> or as <c>Scoring__X__0</c>, <c>Scoring__X__1</c>.
/// </summary>
public sealed class ScoringOptions
{
    /// <summary>The configuration section that is bound here.</summary>
    public const string Section = "Scoring";

    private int? maxConcurrentRuns;

    /// <summary>Where packages live: a container URI or a folder of the same layout. Default: the container <c>models</c> of the connection <c>Storage</c>.</summary>
    public string? Repository { get; set; }

    /// <summary>The disk cache of packages, shared safely between processes. Default: <c>scoring-USER</c> in the temporary folder.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>How often a live pointer is read again, in the background. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Models to load beside the start; readiness waits for them. Default: none.</summary>
    public IReadOnlyList<string> Preload { get; set; } = [];

    /// <summary>ONNX Runtime execution providers in order of preference. Default: <c>cpu</c>. One that is not available is refused at start by name.</summary>
    public IReadOnlyList<string> ExecutionProviders { get; set; } = ["cpu"];

    /// <summary>Options of the execution providers, for each by its own names, such as <c>cuda</c>: <c>device_id</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ExecutionProviderOptions { get; set; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Whether a provider that is not available is left out, with a line in the log, instead of refused. Default false.</summary>
    public bool ExecutionProviderFallback { get; set; }

    /// <summary>Most instances of one request. Default 1024.</summary>
    [Range(1, 1_000_000)]
    public int MaxInstances { get; set; } = 1024;

    /// <summary>Most bytes of one request body. Default 16 MiB.</summary>
    [Range(1024L, 1L << 30)]
    public long MaxBodyBytes { get; set; } = 16L << 20;

    /// <summary>
    /// Most bytes of all request bodies at once, each from its arrival to its answer; what exceeds them is refused with <see cref="ErrorCode.Overloaded"/>. Bodies of up to 16 KiB
    /// are not counted. Default 0: a sixteenth of the memory that the process may have, at least <see cref="MaxBodyBytes"/>.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long MaxBodyBytesInFlight { get; set; }

    /// <summary>Most bytes of the answer to one request, predictions or tensors; jobs are not held to it. Default 64 MiB.</summary>
    [Range(1024L, 1L << 30)]
    public long MaxAnswerBytes { get; set; } = 64L << 20;

    /// <summary>Native runs at once. Default: the processors that the process may use (a container's quota counts), divided by <see cref="IntraOpThreads"/>.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentRuns
    {
        get => maxConcurrentRuns ?? Math.Max(1, Environment.ProcessorCount / Math.Max(1, IntraOpThreads));
        set => maxConcurrentRuns = value;
    }

    /// <summary>Threads of one run. Default 1: more runs pay better than more threads.</summary>
    [Range(1, 256)]
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>Requests that may wait for a run before the next is refused with <see cref="ErrorCode.Overloaded"/>. Default 256.</summary>
    [Range(0, 1_000_000)]
    public int MaxQueuedRequests { get; set; } = 256;

    /// <summary>How long a request may wait for its run, and then how long the run may take before it is ended; answered with <see cref="ErrorCode.DeadlineExceeded"/>. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the page is served at <c>/</c>. Default true.</summary>
    public bool Page { get; set; } = true;

    /// <summary>Containers that a job's input may lie in. Default: <c>inputs</c>.</summary>
    public IReadOnlyList<string> InputContainers { get; set; } = ["inputs"];

    /// <summary>Most bytes of packages that the disk cache keeps; those used longest ago go first. Default 8 GiB.</summary>
    [Range(0L, long.MaxValue)]
    public long CacheBytes { get; set; } = 8L << 30;

    /// <summary>How long after its last confirmation a cached live pointer is served at start without asking the repository first. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan CachedPointerLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes that loaded models may take together, as estimated or as their probe measured; the least recently used unload first, never one in use. Default 0: 70 % of the memory that the process may have.</summary>
    [Range(0L, long.MaxValue)]
    public long MemoryBudgetBytes { get; set; }

    /// <summary>Bytes of the own memory of a device, such as a GPU, that loaded models may take together, each by the limit of its provider or else by its estimate. Default 0: not bounded.</summary>
    [Range(0L, long.MaxValue)]
    public long DeviceMemoryBytes { get; set; }

    /// <summary>Versions kept loaded because a request named them, over all models; the least recently used unloads first. Default 8.</summary>
    [Range(1, 1024)]
    public int MaxVersionsOnDemand { get; set; } = 8;

    /// <summary>How long the probe of a version may take before the version is refused. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the probe of a version may take where a provider, such as TensorRT, compiles the model. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CompileTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Resident bytes that the probe of a version may take before the version is refused. Default 0: half of the memory that the process may have.</summary>
    [Range(0L, long.MaxValue)]
    public long ProbeMemoryBytes { get; set; }

    /// <summary>Whether a package may bring a library of its own operators (<c>customOperators</c> in <c>model.json</c>): native code that runs with every right of the app. Default false.</summary>
    public bool AllowCustomOperators { get; set; }

    /// <summary>Public keys, ECDSA on P-256, in base64 or PEM or as PEM files: with any, a version is loaded only if one of them signed it. Default: none, every version is.</summary>
    public IReadOnlyList<string> TrustedKeys { get; set; } = [];

    /// <summary>Models whose versions are loaded only if two of <see cref="TrustedKeys"/> signed them; <c>*</c> for every one. Default: none.</summary>
    public IReadOnlyList<string> TwoSignatures { get; set; } = [];

    /// <summary>A secret that instances and publishers share: with it, a verdict of the container <c>verdicts</c> is believed only if one of them wrote it. Default: none, any is.</summary>
    public string? HostKey { get; set; }

    /// <summary>The secret that receipts are signed with, base64 of at least 32 bytes, the same on every instance. Default: none, no receipt is given and no outcome taken.</summary>
    public string? ReceiptKey { get; set; }

    /// <summary>The <see cref="ReceiptKey"/> before the present one, whose receipts are still taken. Default: none.</summary>
    public string? PreviousReceiptKey { get; set; }

    /// <summary>How long after a receipt was given out its outcome is taken. Default 90 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan ReceiptLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The container that outcomes are stored in; where models lie in a folder and there is no storage, the folder <c>_NAME</c> among them. Default <c>outcomes</c>.</summary>
    public string OutcomesContainer { get; set; } = "outcomes";

    /// <summary>Values that could not be read; the validator names them.</summary>
    internal IList<string> ReadFaults { get; } = [];

    /// <summary>When a version is tried in a process of its own before it is loaded here. Default <see cref="ProbePolicy.WhenPossible"/>.</summary>
    public ProbePolicy Probe { get; set; } = ProbePolicy.WhenPossible;

    /// <summary>Whether the processes that load packages, the probe and those of isolated models, are walled off from the rest of the machine. Default <see cref="CagePolicy.Auto"/>.</summary>
    public CagePolicy ProbeCage { get; set; }

    /// <summary>Which models run in a process of their own, beside those whose <c>model.json</c> asks for it. Default <see cref="IsolationPolicy.None"/>.</summary>
    public IsolationPolicy Isolate { get; set; } = IsolationPolicy.None;
}
