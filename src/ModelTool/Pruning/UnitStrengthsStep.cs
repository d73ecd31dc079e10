using Microsoft.ML.OnnxRuntime;
using ModelTool.Data;
using ModelTool.Models;
using ModelTool.Native;
using Scoring;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Serving;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Pruning;

/// <summary>Runs rows and measures what the units between two products say, or the heads of attentions.</summary>
internal sealed record UnitStrengthsStep(string Folder, string DataPath, int Sequence, bool OfHeads)
{
    private const int MaxRows = 256;

    public object Run(StepProgress progress)
    {
        progress.Doing("loading the model to watch its units");
        using var model = LoadedModel.Load(ModelTarget.Package(Folder), SessionSettings.Plain);
        var proto = ModelFile.ReadWhole(ModelTarget.Package(Folder).ModelPath);
        var rewrite = new GraphRewrite(proto);
        List<(string Value, int Units)> blocks = OfHeads
            ? [.. Attention.In(proto.Graph, rewrite).Select(attention => (attention.Output.Input[0], attention.Heads * attention.Size))]
            : [.. FeedForward.In(proto.Graph, rewrite).Select(block => (block.Second.Input[0], block.Units))];
        if (blocks.Count == 0)
        {
            throw new IOException(OfHeads
                ? "There are no heads to leave out: that takes attentions whose query, key and value are MatMul with constant float32 matrices and biases, put into heads by Reshape and Transpose."
                : "There are no units to leave out: that takes two MatMul with constant float32 matrices, with nothing between them but operators that work number by number.");
        }

        foreach (var block in blocks)
        {
            proto.Graph.Output.Add(new ValueInfoProto { Name = block.Value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } } });
        }

        using var temporary = new TemporaryModel();
        File.WriteAllBytes(temporary.Path, ExternalWeights.Write(proto));
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(temporary.Path, options);
        return Measure(model, Instances.For(model, DataPath, Sequence), session, blocks, progress);
    }

    private static UnitStrengths Measure(LoadedModel model, Instances instances, InferenceSession session, List<(string Value, int Units)> blocks, StepProgress progress)
    {
        double[][] squares = [.. blocks.Select(block => new double[block.Units])];
        var positions = new long[blocks.Count];
        string[] names = [.. blocks.Select(block => block.Value)];
        for (var index = 0; index < Math.Min(MaxRows, instances.Count); index++)
        {
            progress.Doing($"running row {index + 1}");
            using var batch = model.RentBatch();
            if (!instances.TryAdd(batch, index, new FaultList()))
            {
                continue;
            }

            var used = Array.FindAll(batch.Inputs, input => input.Count > 0);
            var values = Array.ConvertAll(used, input => input.CreateValue(0, RowPlan.BlockRows(used, 1)));
            try
            {
                using var options = new RunOptions();
                using var found = session.Run(options, Array.ConvertAll(used, input => input.Spec.Name), values, names);
                for (var block = 0; block < names.Length; block++)
                {
                    positions[block] += Add(found[block].GetTensorDataAsSpan<float>(), squares[block]);
                }
            }
            finally
            {
                Array.ForEach(values, value => value.Dispose());
            }
        }

        return positions[0] > 0
            ? new UnitStrengths(names.Select((name, block) => (name, units: Array.ConvertAll(squares[block], sum => Math.Sqrt(sum / positions[block])))).DistinctBy(pair => pair.name).ToDictionary(pair => pair.name, pair => pair.units))
            : throw new IOException($"The model refuses the first {MaxRows} rows of {instances.Origin}.");
    }

    private static int Add(ReadOnlySpan<float> numbers, double[] squares)
    {
        for (var index = 0; index < numbers.Length; index++)
        {
            squares[index % squares.Length] += (double)numbers[index] * numbers[index];
        }

        return numbers.Length / squares.Length;
    }
}
