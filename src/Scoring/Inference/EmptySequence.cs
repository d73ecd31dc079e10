using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Scoring.Onnx;

namespace Scoring.Inference;

/// <summary>Sequences without items. ONNX Runtime's interface makes none, but a graph may answer with one; so a graph of one node makes them here.</summary>
internal static class EmptySequence
{
    private const string Output = "empty";
    private const int Opset = 11;
    private const int IrVersion = 7;

    private static readonly Lazy<InferenceSession> Session = new(Open);

    /// <summary>A sequence without items, of tensors: nobody can tell it from one of maps. The caller disposes it.</summary>
    public static OrtValue Create()
    {
        using var options = new RunOptions();
        return Session.Value.Run(options, [], Array.Empty<OrtValue>(), [Output])[0];
    }

    private static InferenceSession Open()
    {
        NativeRuntime.EnsureReady();
        var tensor = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } };
        var node = new NodeProto { OpType = "SequenceEmpty", Output = { Output } };
        var result = new ValueInfoProto { Name = Output, Type = new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = tensor } } };
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            Graph = new GraphProto { Name = Output, Node = { node }, Output = { result } },
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
        };
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return new InferenceSession(model.ToByteArray(), options);
    }
}
