using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Serving.Isolation;

/// <summary>A model whose runs go to a process of its own: what they break there, breaks there alone.</summary>
internal sealed class IsolatedSession : ModelSession
{
    private readonly Dictionary<string, int> inputs = [];
    private readonly Dictionary<string, int> outputs = [];

    private IsolatedSession(ModelProcess process, ModelSignature signature, SessionSettings settings)
        : base(signature, new ProvidersInUse(settings.ExecutionProviders, []))
    {
        Process = process;
        foreach (var input in signature.Inputs.Concat(signature.Overridable))
        {
            inputs.Add(input.Name, inputs.Count);
        }

        foreach (var output in signature.Outputs)
        {
            outputs.Add(output.Name, outputs.Count);
        }
    }

    /// <summary>The process.</summary>
    public ModelProcess Process { get; }

    /// <inheritdoc/>
    internal override bool IsUp => Process.Current is not null;

    /// <summary>Asks a process that has the model loaded what goes in and comes out.</summary>
    /// <param name="process">The process.</param>
    /// <param name="settings">How it was to make its session.</param>
    /// <exception cref="VersionRefusedException">An output cannot be passed on from one process to another.</exception>
    public static IsolatedSession Open(ModelProcess process, SessionSettings settings)
    {
        var signature = process.Require(mayWait: false).Describe();
        return signature.Outputs.FirstOrDefault(output => output.Kind == ValueKind.Optional) is { } optional
            ? throw new VersionRefusedException(RefusalKind.Load, $"The output '{optional.Name}' is {optional}, which cannot be passed on from a process of the model's own; it can be served only without isolation.")
            : new IsolatedSession(process, signature, settings);
    }

    /// <inheritdoc/>
    public override void Dispose() => Process.Dispose();

    /// <inheritdoc/>
    internal override BoundRun Bind(InputBuffer[] inputs, OutputBuffer[] outputs, int rows) => IsolatedBoundRun.Create(this, inputs, outputs, rows);

    /// <inheritdoc/>
    internal override IDisposableReadOnlyCollection<OrtValue> Run(
        RunLimit? limit, IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> values, IReadOnlyCollection<string> outputs)
    {
        var results = new ValueList();
        Exchange(
            limit,
            request =>
            {
                request.Write(names.Count);
                foreach (var (name, value) in names.Zip(values))
                {
                    request.Write(IndexOfInput(name));
                    ValueFrames.Write(request, value);
                }

                request.Write(outputs.Count);
                foreach (var output in outputs)
                {
                    request.Write(IndexOfOutput(output));
                }
            },
            (ref FrameReader answer) =>
            {
                for (var index = 0; index < outputs.Count; index++)
                {
                    results.Add(ValueFrames.Read(ref answer, inPlace: false));
                }
            });
        return results;
    }

    /// <summary>The number by which the process knows an input.</summary>
    public int IndexOfInput(string name) => inputs[name];

    /// <summary>The number by which the process knows an output.</summary>
    public int IndexOfOutput(string name) => outputs[name];

    /// <summary>One run.</summary>
    /// <param name="limit">Ends it; null for one that nobody ends.</param>
    /// <param name="write">Writes inputs, and which outputs are wanted.</param>
    /// <param name="read">Reads the outputs.</param>
    public void Exchange(RunLimit? limit, Action<FrameBuffer> write, ReadAnswer read)
    {
        var child = Process.Require(mayWait: limit is null or { HasNoDeadline: true });
        var lane = child.Rent() ?? throw Process.Down();
        try
        {
            lane.Begin(FrameKind.Run);
            write(lane.Request);
            var answer = lane.Exchange(limit);
            read(ref answer);
        }
        finally
        {
            child.Return(lane);
        }
    }

    /// <summary>Reads an answer.</summary>
    public delegate void ReadAnswer(ref FrameReader answer);

    private sealed class ValueList : List<OrtValue>, IDisposableReadOnlyCollection<OrtValue>
    {
        public void Dispose() => ForEach(value => value.Dispose());
    }
}
