using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>A session's runs on the buffers of one batch for one count of rows, read and written in place. Valid until a buffer's array moves.</summary>
internal abstract class BoundRun : IDisposable
{
    private readonly int[] inputGenerations;
    private readonly int[] outputGenerations;

    /// <summary>Call it once the values were made: making them may move an array.</summary>
    protected BoundRun(InputBuffer[] inputs, OutputBuffer[] outputs)
    {
        inputGenerations = Array.ConvertAll(inputs, Generation);
        outputGenerations = Array.ConvertAll(outputs, output => ((TensorOutput)output).Generation);
    }

    /// <summary>Runs on what the arrays hold now.</summary>
    public abstract void Run(RunLimit? limit);

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
    public abstract void Dispose();

    private static int Generation(InputBuffer input) => input is TensorBuffer tensor ? tensor.Generation : 0;
}
