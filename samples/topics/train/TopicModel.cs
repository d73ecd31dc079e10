using System.Runtime.InteropServices;
using Samples.Training;
using Scoring.Onnx;

namespace Samples.Topics;

/// <summary>
/// The trained members as one network, as it is shipped: their embeddings side by side in one float16 table, their hidden layers as one layer whose
/// weights form blocks on the diagonal, and an output layer that takes the mean of their scores.
/// </summary>
public sealed class TopicModel
{
    private readonly int width, hidden, topics;
    private readonly Half[] table;
    private readonly float[] hiddenWeights, hiddenBiases, outputWeights, outputBiases;

    public TopicModel(TopicSettings settings, IReadOnlyList<EmbeddingNetwork> members, int ids, int topics)
    {
        this.topics = topics;
        width = members.Count * settings.Width;
        hidden = members.Count * settings.Hidden;
        table = new Half[ids * width];
        hiddenWeights = new float[width * hidden];
        hiddenBiases = new float[hidden];
        outputWeights = new float[hidden * topics];
        outputBiases = new float[topics];
        for (var member = 0; member < members.Count; member++)
        {
            Place(members[member], member * settings.Width, member * settings.Hidden, settings, ids, members.Count);
        }
    }

    /// <summary>Bytes of the embeddings.</summary>
    public long TableBytes => 2L * table.Length;

    /// <summary>Scores of the topics before the softmax, in double arithmetic on the shipped weights.</summary>
    public double[] Score(ReadOnlySpan<int> tokens)
    {
        var mean = new double[width];
        foreach (var token in tokens)
        {
            for (var column = 0; column < width; column++)
            {
                mean[column] += (double)table[(token * width) + column] / tokens.Length;
            }
        }

        var units = Layer(mean, hiddenWeights, hiddenBiases);
        for (var unit = 0; unit < hidden; unit++)
        {
            units[unit] = Math.Max(0, units[unit]);
        }

        return Layer(units, outputWeights, outputBiases);
    }

    /// <summary>
    /// The ONNX file: tokens int64 [rows, tokens], 0 where a row is shorter → probabilities float32 [rows, topics], not yet calibrated.
    /// A row of zeros alone gives what the biases say.
    /// </summary>
    public byte[] ToOnnx() => new OnnxGraph("topics")
        .Input("tokens", TensorProto.Types.DataType.Int64, "rows", "tokens")
        .Constant("embeddings", TensorProto.Types.DataType.Float16, MemoryMarshal.AsBytes<Half>(table).ToArray(), table.Length / width, width)
        .Constant("hidden_weights", hiddenWeights, width, hidden)
        .Constant("hidden_biases", hiddenBiases, hidden)
        .Constant("output_weights", outputWeights, hidden, topics)
        .Constant("output_biases", outputBiases, topics)
        .Constant("token_axis", [1L], 1)
        .Constant("one", [1f], 1)

        // Row 0 of the table is zero, so the padding adds nothing to the sum; it is left out of the count too.
        .Node("Gather", ["embeddings", "tokens"], "token_embeddings", ("axis", 0L))
        .Node("Cast", ["token_embeddings"], "wide_embeddings", ("to", (long)TensorProto.Types.DataType.Float))
        .Node("ReduceSum", ["wide_embeddings", "token_axis"], "sum", ("keepdims", 0L))
        .Node("Cast", ["tokens"], "is_token", ("to", (long)TensorProto.Types.DataType.Bool))
        .Node("Cast", ["is_token"], "mask", ("to", (long)TensorProto.Types.DataType.Float))
        .Node("ReduceSum", ["mask", "token_axis"], "token_count", ("keepdims", 1L))
        .Node("Max", ["token_count", "one"], "divisor")
        .Node("Div", ["sum", "divisor"], "mean")
        .Node("Gemm", ["mean", "hidden_weights", "hidden_biases"], "hidden")
        .Node("Relu", ["hidden"], "units")
        .Node("Gemm", ["units", "output_weights", "output_biases"], "scores")
        .Node("Softmax", ["scores"], "probabilities", ("axis", 1L))
        .Output("probabilities", TensorProto.Types.DataType.Float, "rows", topics)
        .ToModel("Topic of a software description. Trained on descriptions of Debian packages and the archive sections they stand in.");

    private void Place(EmbeddingNetwork member, int firstColumn, int firstUnit, TopicSettings settings, int ids, int members)
    {
        for (var id = 1; id < ids; id++)
        {
            for (var column = 0; column < settings.Width; column++)
            {
                table[(id * width) + firstColumn + column] = (Half)member.Embeddings.Row(id)[column];
            }
        }

        for (var unit = 0; unit < settings.Hidden; unit++)
        {
            hiddenBiases[firstUnit + unit] = member.HiddenBiases[unit];
            for (var column = 0; column < settings.Width; column++)
            {
                hiddenWeights[((firstColumn + column) * hidden) + firstUnit + unit] = member.HiddenWeights.Row(unit)[column];
            }

            for (var topic = 0; topic < topics; topic++)
            {
                outputWeights[((firstUnit + unit) * topics) + topic] = member.OutputWeights.Row(topic)[unit] / members;
            }
        }

        for (var topic = 0; topic < topics; topic++)
        {
            outputBiases[topic] += member.OutputBiases[topic] / members;
        }
    }

    private static double[] Layer(double[] inputs, float[] weights, float[] biases)
    {
        var outputs = new double[biases.Length];
        for (var output = 0; output < outputs.Length; output++)
        {
            outputs[output] = biases[output];
        }

        for (var input = 0; input < inputs.Length; input++)
        {
            for (var output = 0; output < outputs.Length; output++)
            {
                outputs[output] += inputs[input] * weights[(input * outputs.Length) + output];
            }
        }

        return outputs;
    }
}
