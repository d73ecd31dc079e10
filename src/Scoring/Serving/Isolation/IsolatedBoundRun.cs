using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Serving.Isolation;

/// <summary>The buffers of one batch for one count of rows, which are copied to the process of the model and back.</summary>
internal sealed class IsolatedBoundRun : BoundRun
{
    private readonly IsolatedSession session;
    private readonly Part[] inputs;
    private readonly Part[] outputs;
    private readonly Action<FrameBuffer> write;
    private readonly IsolatedSession.ReadAnswer read;

    private IsolatedBoundRun(IsolatedSession session, Part[] inputs, Part[] outputs, InputBuffer[] inputBuffers, OutputBuffer[] outputBuffers)
        : base(inputBuffers, outputBuffers)
    {
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        write = Write;
        read = Read;
    }

    public static IsolatedBoundRun Create(IsolatedSession session, InputBuffer[] inputs, OutputBuffer[] outputs, int rows)
    {
        Part[] given = [.. inputs.Where(input => !input.Optional).Select(input => Part.Of(session.IndexOfInput(input.Spec.Name), input.CreateValue(0, rows)))];
        Part[] wanted = [.. outputs.Select(output => Part.Of(session.IndexOfOutput(output.Spec.Name), ((TensorOutput)output).CreateBound(rows)))];
        return new IsolatedBoundRun(session, given, wanted, inputs, outputs);
    }

    /// <inheritdoc/>
    public override void Run(RunLimit? limit) => session.Exchange(limit, write, read);

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The arrays are the buffers'.
    }

    private void Write(FrameBuffer request)
    {
        request.Write(inputs.Length);
        foreach (var input in inputs)
        {
            request.Write(input.Index);
            ValueFrames.WriteTensor(request, input.Type, input.Shape, input.Elements);
        }

        request.Write(outputs.Length);
        foreach (var output in outputs)
        {
            request.Write(output.Index);
        }
    }

    // As where ONNX Runtime writes in place, another shape than expected is a failed run; the caller then runs again and takes what comes.
    private void Read(ref FrameReader answer)
    {
        foreach (var output in outputs)
        {
            if (!ValueFrames.TryReadInto(ref answer, output.Type, output.Shape, output.Elements))
            {
                throw new RemoteRunException("An output has another shape than expected.");
            }
        }
    }

    /// <summary>One input or output: its number, and the elements within a pinned array of a buffer.</summary>
    private sealed unsafe class Part(int index, TensorElementType type, long[] shape, void* elements, int length)
    {
        public int Index => index;

        public TensorElementType Type => type;

        public long[] Shape => shape;

        public Span<byte> Elements => new(elements, length);

        public static Part Of(int index, OrtValue value)
        {
            using (value)
            {
                var info = value.GetTensorTypeAndShape();
                var elements = value.GetTensorMutableRawData();
                return new Part(index, info.ElementDataType, info.Shape, Unsafe.AsPointer(ref MemoryMarshal.GetReference(elements)), elements.Length);
            }
        }
    }
}
