using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>A binding of a session to the buffers of one batch for one count of rows. Valid until a buffer's array moves.</summary>
internal sealed class BoundRun : IDisposable
{
    private readonly List<OrtValue> values = [];
    private readonly int[] inputGenerations;
    private readonly int[] outputGenerations;

    public BoundRun(ModelSession session, InputBuffer[] inputs, OutputBuffer[] outputs, int rows)
    {
        Binding = session.CreateBinding();
        foreach (var input in inputs)
        {
            if (!input.Optional)
            {
                values.Add(input.CreateValue(0, rows));
                Binding.BindInput(input.Spec.Name, values[^1]);
            }
        }

        foreach (var output in outputs)
        {
            values.Add(((TensorOutput)output).CreateBound(rows));
            Binding.BindOutput(output.Spec.Name, values[^1]);
        }

        inputGenerations = Array.ConvertAll(inputs, Generation);
        outputGenerations = Array.ConvertAll(outputs, output => ((TensorOutput)output).Generation);
    }

    public OrtIoBinding Binding { get; }

    /// <summary>True when an array moved since the values were made.</summary>
    public bool IsStale(InputBuffer[] inputs, OutputBuffer[] outputs)
    {
        for (var index = 0; index < inputs.Length; index++)
        {
            if (Generation(inputs[index]) != inputGenerations[index])
            {
                return true;
            }
        }

        for (var index = 0; index < outputs.Length; index++)
        {
            if (((TensorOutput)outputs[index]).Generation != outputGenerations[index])
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Binding.Dispose();
        foreach (var value in values)
        {
            value.Dispose();
        }
    }

    private static int Generation(InputBuffer input) => input is TensorBuffer tensor ? tensor.Generation : 0;
}
