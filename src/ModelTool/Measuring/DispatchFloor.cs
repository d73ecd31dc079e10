using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;
using Scoring.Onnx;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Measuring;

/// <summary>
/// What a run costs before it computes anything: a graph of so many operators, each of which negates one number. What a model takes beyond that of its own
/// count is arithmetic; no smaller or cheaper arithmetic makes it faster than this.
/// </summary>
internal sealed class DispatchFloor : IDisposable
{
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions options = new();
    private readonly OrtValue input = Number();
    private readonly OrtValue output = Number();

    /// <param name="operators">Count of operators, at least 1.</param>
    public DispatchFloor(int operators)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session = new InferenceSession(Chain(operators).ToByteArray(), settings);
        binding = session.CreateIoBinding();
        binding.BindInput("x0", input);
        binding.BindOutput($"x{operators}", output);
    }

    public void Run() => session.RunWithBinding(options, binding);

    public void Dispose()
    {
        binding.Dispose();
        input.Dispose();
        output.Dispose();
        options.Dispose();
        session.Dispose();
    }

    private static OrtValue Number() => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, GC.AllocateArray<float>(1, pinned: true).AsMemory(), [1L]);

    private static ModelProto Chain(int operators)
    {
        var graph = new GraphProto { Name = "floor" };
        graph.Input.Add(Value("x0"));
        for (var index = 0; index < operators; index++)
        {
            graph.Node.Add(new NodeProto { OpType = "Neg", Input = { $"x{index}" }, Output = { $"x{index + 1}" } });
        }

        graph.Output.Add(Value($"x{operators}"));
        return new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } } };
    }

    private static ValueInfoProto Value(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 1 } } } },
        },
    };
}
