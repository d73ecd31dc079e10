using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>One run on whole tensors, as a caller gave them.</summary>
internal static class TensorRun
{
    /// <summary>Runs the session; the caller disposes the outputs, which stand in the order of their names.</summary>
    /// <exception cref="OperationCanceledException">The limit ended it: its caller left.</exception>
    /// <exception cref="ScoringException">As <see cref="RunFailure"/> tells.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        ModelSession session, IReadOnlyCollection<string> inputs, IReadOnlyCollection<OrtValue> values, IReadOnlyCollection<string> outputs, RunLimit? limit)
    {
        try
        {
            return session.Run(limit, inputs, values, outputs);
        }
        catch (Exception exception) when (RunFailure.IsOfTheModel(exception))
        {
            limit?.ThrowIfEnded();
            throw RunFailure.From(exception);
        }
    }
}
