using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>One run on whole tensors, as a caller gave them.</summary>
internal static class TensorRun
{
    /// <summary>Runs the session; the caller disposes the outputs, which stand in the order of their names.</summary>
    /// <exception cref="ScoringException">As <see cref="RunFailure"/> tells.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        ModelSession session, IReadOnlyCollection<string> inputs, IReadOnlyCollection<OrtValue> values, IReadOnlyCollection<string> outputs)
    {
        using var options = new RunOptions();
        try
        {
            return session.Run(options, inputs, values, outputs);
        }
        catch (OnnxRuntimeException exception)
        {
            throw RunFailure.From(exception);
        }
    }
}
