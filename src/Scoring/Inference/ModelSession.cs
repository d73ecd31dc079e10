using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>A loaded model that can be run: in this process, or in one of its own. Runs may overlap; dispose it only after the last one.</summary>
public abstract class ModelSession : IDisposable
{
    /// <summary>A file of weights that are too large to be in memory twice while they load. Where it lies beside a model, weights are used where they are mapped and are never repacked.</summary>
    public const string MappedFile = "model.onnx.mapped";

    private protected ModelSession(ModelSignature signature, ProvidersInUse providers)
    {
        Signature = signature;
        Providers = providers;
        OutputNames = [.. signature.Outputs.Select(output => output.Name)];
    }

    /// <summary>What goes in and comes out.</summary>
    public ModelSignature Signature { get; }

    /// <summary>The execution providers that it was made with.</summary>
    public ProvidersInUse Providers { get; }

    internal string[] OutputNames { get; }

    /// <summary>False while its runs would be refused, since its process is being started again.</summary>
    internal virtual bool IsUp => true;

    /// <summary>Bytes of this process's memory that its weights and runs have allocated; 0 where that is not known.</summary>
    internal virtual long AllocatedBytes => 0;

    /// <summary>Loads a model from its file, so that external data beside it is found.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with ONNX Runtime's reason when the model does not load.</exception>
    public static ModelSession Load(string modelPath, SessionSettings settings) => NativeSession.Open(modelPath, settings);

    /// <summary>Where the operators of the runs so far ran; empty unless the settings asked for it. Only once, while no run goes on.</summary>
    internal virtual IReadOnlyList<NodePlacement> TakePlacement() => [];

    /// <summary>Prepares runs that read and write the buffers in place.</summary>
    internal abstract BoundRun Bind(InputBuffer[] inputs, OutputBuffer[] outputs, int rows);

    /// <summary>One run. The caller disposes the outputs, which stand in the order of their names.</summary>
    /// <exception cref="Exception">One that <see cref="RunFailure.IsOfTheModel"/> knows where the model fails.</exception>
    /// <exception cref="ScoringException">The process of the model died.</exception>
    internal abstract IDisposableReadOnlyCollection<OrtValue> Run(
        RunLimit? limit, IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> values, IReadOnlyCollection<string> outputs);

    /// <summary>One run that gives all outputs.</summary>
    /// <inheritdoc cref="Run(RunLimit?, IReadOnlyCollection{string}, IReadOnlyCollection{OrtValue}, IReadOnlyCollection{string})"/>
    internal IDisposableReadOnlyCollection<OrtValue> Run(RunLimit? limit, IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> values)
        => Run(limit, names, values, OutputNames);

    /// <inheritdoc/>
    public abstract void Dispose();
}
