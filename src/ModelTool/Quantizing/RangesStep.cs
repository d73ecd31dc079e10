using Microsoft.ML.OnnxRuntime;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Serving;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Quantizing;

/// <summary>Runs calibration rows and keeps the least and the greatest of each value that becomes integers.</summary>
/// <param name="DataPath">The rows.</param>
/// <param name="Exclude">Names of nodes, or of their outputs, that stay float32.</param>
internal sealed record RangesStep(string Folder, string DataPath, int Sequence, IReadOnlyCollection<string> Exclude)
{
    private const int MaxRows = 256;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model to watch its values");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var instances = Instances.For(model, DataPath, Sequence);
        var proto = ModelFile.ReadWhole(ModelTarget.Package(Folder).ModelPath);
        var watched = ModelQuantizer.Watch(proto, Exclude);
        Watch(proto.Graph, watched);
        using var temporary = new TemporaryModel();
        File.WriteAllBytes(temporary.Path, ExternalWeights.Write(proto));
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(temporary.Path, options);
        string[] outputs = [.. watched.SelectMany((_, index) => new[] { Min(index), Max(index) })];
        var ranges = watched.ToDictionary(name => name, _ => new InputRange(0, 0));
        var rows = 0;
        for (var index = 0; index < Math.Min(MaxRows, instances.Count) && watched.Count > 0; index++)
        {
            progress.Doing($"running calibration row {index + 1}");
            rows += Measure(model, instances, index, session, outputs, watched, ranges) ? 1 : 0;
        }

        return rows > 0 || watched.Count == 0 ? ranges : throw new IOException($"The model refuses the first {MaxRows} rows of {instances.Origin}: no ranges can be taken from them.");
    }

    private static bool Measure(LoadedModel model, Instances instances, int index, InferenceSession session, string[] outputs, IReadOnlyList<string> watched, Dictionary<string, InputRange> ranges)
    {
        using var batch = model.RentBatch();
        if (!instances.TryAdd(batch, index, new Scoring.FaultList()))
        {
            return false;
        }

        var used = Array.FindAll(batch.Inputs, input => input.Count > 0);
        var values = Array.ConvertAll(used, input => input.CreateValue(0, RowPlan.BlockRows(used, 1)));
        try
        {
            using var options = new RunOptions();
            using var found = session.Run(options, Array.ConvertAll(used, input => input.Spec.Name), values, outputs);
            for (var product = 0; product < watched.Count; product++)
            {
                var (min, max) = (found[2 * product].GetTensorDataAsSpan<float>()[0], found[(2 * product) + 1].GetTensorDataAsSpan<float>()[0]);
                if (float.IsFinite(min) && float.IsFinite(max))
                {
                    var before = ranges[watched[product]];
                    ranges[watched[product]] = new InputRange(Math.Min(before.Min, min), Math.Max(before.Max, max));
                }
            }

            return true;
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    private static void Watch(GraphProto graph, IReadOnlyList<string> names)
    {
        for (var index = 0; index < names.Count; index++)
        {
            Add("ReduceMin", names[index], Min(index));
            Add("ReduceMax", names[index], Max(index));
        }

        void Add(string type, string input, string output)
        {
            var node = new NodeProto { OpType = type, Name = output, Input = { input }, Output = { output } };
            node.Set("keepdims", 0);
            graph.Node.Add(node);
            graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = new TensorShapeProto() } } });
        }
    }

    private static string Min(int index) => $"watched_{index}_min";

    private static string Max(int index) => $"watched_{index}_max";
}
