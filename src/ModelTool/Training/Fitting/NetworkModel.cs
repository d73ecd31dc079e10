using System.Runtime.InteropServices;
using Scoring.Onnx;

namespace ModelTool.Training.Fitting;

/// <summary>
/// The trained members as one network, as it is shipped: their embeddings side by side in one float16 table, their hidden layers as one layer whose
/// weights form blocks on the diagonal, and an output layer that takes the mean of their scores.
/// </summary>
public sealed class NetworkModel : ITextModel
{
    private readonly int width, hidden, labels;
    private readonly Half[] table;
    private readonly float[] hiddenWeights, hiddenBiases, outputWeights, outputBiases;

    private NetworkModel(NetworkSettings settings, IReadOnlyList<EmbeddingNetwork> members, int ids, int labels)
    {
        this.labels = labels;
        width = members.Count * settings.Width;
        hidden = members.Count * settings.Hidden;
        table = new Half[ids * width];
        hiddenWeights = new float[width * hidden];
        hiddenBiases = new float[hidden];
        outputWeights = new float[hidden * labels];
        outputBiases = new float[labels];
        for (var member = 0; member < members.Count; member++)
        {
            Place(members[member], member * settings.Width, member * settings.Hidden, settings, ids, members.Count);
        }
    }

    /// <summary>Trains the members on the same texts.</summary>
    /// <param name="settings">What they are like.</param>
    /// <param name="texts">Their ids below <paramref name="ids"/>, none of them 0.</param>
    /// <param name="ids">Ids, the padding 0 among them.</param>
    /// <param name="labels">Labels.</param>
    public static NetworkModel Train(NetworkSettings settings, IReadOnlyList<TokenizedText> texts, int ids, int labels)
    {
        var members = new EmbeddingNetwork[settings.Members];

        // Members share nothing, so that training them side by side changes no bit.
        Parallel.For(0, members.Length, member =>
        {
            var network = new EmbeddingNetwork(settings, ids, labels, settings.Seed + (ulong)member);
            network.Train(texts);
            members[member] = network;
        });
        return new NetworkModel(settings, members, ids, labels);
    }

    /// <summary>Bytes of the embeddings.</summary>
    public long TableBytes => 2L * table.Length;

    /// <inheritdoc/>
    public double[] Score(ReadOnlySpan<int> ids)
    {
        var mean = new double[width];
        foreach (var id in ids)
        {
            for (var column = 0; column < width; column++)
            {
                mean[column] += (double)table[(id * width) + column] / ids.Length;
            }
        }

        var units = Layer(mean, hiddenWeights, hiddenBiases);
        for (var unit = 0; unit < hidden; unit++)
        {
            units[unit] = Math.Max(0, units[unit]);
        }

        return Layer(units, outputWeights, outputBiases);
    }

    /// <inheritdoc/>
    public byte[] ToOnnx(string name, string description, string producer) => new OnnxGraph(name)
        .Input("tokens", TensorProto.Types.DataType.Int64, "rows", "tokens")
        .Constant("embeddings", TensorProto.Types.DataType.Float16, MemoryMarshal.AsBytes<Half>(table).ToArray(), table.Length / width, width)
        .Constant("hidden_weights", hiddenWeights, width, hidden)
        .Constant("hidden_biases", hiddenBiases, hidden)
        .Constant("output_weights", outputWeights, hidden, labels)
        .Constant("output_biases", outputBiases, labels)
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
        .Output("probabilities", TensorProto.Types.DataType.Float, "rows", labels)
        .ToModel(description, producer);

    private void Place(EmbeddingNetwork member, int firstColumn, int firstUnit, NetworkSettings settings, int ids, int members)
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

            for (var label = 0; label < labels; label++)
            {
                outputWeights[((firstUnit + unit) * labels) + label] = member.OutputWeights.Row(label)[unit] / members;
            }
        }

        for (var label = 0; label < labels; label++)
        {
            outputBiases[label] += member.OutputBiases[label] / members;
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
