using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>A binding of a session of this process to the buffers of one batch.</summary>
internal sealed class NativeBoundRun : BoundRun
{
    private readonly NativeSession session;
    private readonly OrtIoBinding binding;
    private readonly List<OrtValue> values;

    private NativeBoundRun(NativeSession session, OrtIoBinding binding, List<OrtValue> values, InputBuffer[] inputs, OutputBuffer[] outputs)
        : base(inputs, outputs)
    {
        this.session = session;
        this.binding = binding;
        this.values = values;
    }

    public static NativeBoundRun Create(NativeSession session, InputBuffer[] inputs, OutputBuffer[] outputs, int rows)
    {
        var binding = session.CreateBinding();
        var values = new List<OrtValue>();
        foreach (var input in inputs)
        {
            if (!input.Optional)
            {
                values.Add(input.CreateValue(0, rows));
                binding.BindInput(input.Spec.Name, values[^1]);
            }
        }

        foreach (var output in outputs)
        {
            values.Add(((TensorOutput)output).CreateBound(rows));
            binding.BindOutput(output.Spec.Name, values[^1]);
        }

        return new NativeBoundRun(session, binding, values, inputs, outputs);
    }

    /// <inheritdoc/>
    public override void Run(RunLimit? limit) => session.Run(limit, binding);

    /// <inheritdoc/>
    public override void Dispose()
    {
        binding.Dispose();
        values.ForEach(value => value.Dispose());
    }
}
