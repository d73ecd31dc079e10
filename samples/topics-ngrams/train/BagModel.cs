using System.Runtime.InteropServices;
using System.Text;
using ModelTool.Training.Fitting;
using Samples.Topics;
using Samples.Training;
using Scoring.Onnx;

namespace Samples.TopicsNgrams;

/// <summary>A trained bag as it is shipped: a float16 row of sixteen scores per term.</summary>
public sealed class BagModel
{
    private readonly Half[] table;
    private readonly float[] biases;

    private BagModel(IReadOnlyList<string> vocabulary, LinearBag bag)
    {
        Vocabulary = vocabulary;
        biases = bag.Biases.ToArray();
        table = new Half[(vocabulary.Count + 1) * biases.Length];
        for (var id = 1; id <= vocabulary.Count; id++)
        {
            for (var topic = 0; topic < biases.Length; topic++)
            {
                table[(id * biases.Length) + topic] = (Half)bag.Row(id)[topic];
            }
        }
    }

    /// <summary>Terms by id, from 1.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>vocabulary.txt.</summary>
    public string VocabularyText => string.Concat(Vocabulary.Select(term => term + "\n"));

    /// <summary>Bytes of model.onnx and vocabulary.txt.</summary>
    public long Bytes => ToOnnx().Length + Encoding.UTF8.GetByteCount(VocabularyText);

    public static BagModel Train(TermSet set, IReadOnlyList<string> vocabulary, IReadOnlyList<TopicText> texts)
    {
        var bag = new LinearBag(vocabulary.Count + 1);
        bag.Train(set.Tokenize(vocabulary, texts));
        return new BagModel(vocabulary, bag);
    }

    /// <summary>How far a term's row moves the topics apart: its length once what it adds to all of them is taken away.</summary>
    public double Weight(int id)
    {
        var row = table.AsSpan(id * biases.Length, biases.Length);
        double mean = 0, squares = 0;
        foreach (var score in row)
        {
            mean += (double)score / row.Length;
        }

        foreach (var score in row)
        {
            squares += ((double)score - mean) * ((double)score - mean);
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Scores before the softmax, in double arithmetic on the shipped weights.</summary>
    public double[] Score(ReadOnlySpan<int> tokens)
    {
        var scores = new double[biases.Length];
        var divisor = Math.Sqrt(Math.Max(tokens.Length, 1));
        for (var topic = 0; topic < scores.Length; topic++)
        {
            var sum = 0.0;
            foreach (var token in tokens)
            {
                sum += (double)table[(token * biases.Length) + topic];
            }

            scores[topic] = biases[topic] + (sum / divisor);
        }

        return scores;
    }

    /// <summary>The ONNX file: tokens int64 [rows, tokens], 0 where a row is shorter → probabilities float32 [rows, topics], not yet calibrated.</summary>
    public byte[] ToOnnx() => new OnnxGraph("topics-ngrams")
        .Input("tokens", TensorProto.Types.DataType.Int64, "rows", "tokens")
        .Constant("term_scores", TensorProto.Types.DataType.Float16, MemoryMarshal.AsBytes<Half>(table).ToArray(), Vocabulary.Count + 1, biases.Length)
        .Constant("biases", biases, biases.Length)
        .Constant("token_axis", [1L], 1)
        .Constant("one", [1f], 1)
        .Node("Gather", ["term_scores", "tokens"], "found_scores", ("axis", 0L))
        .Node("Cast", ["found_scores"], "wide_scores", ("to", (long)TensorProto.Types.DataType.Float))
        .Node("ReduceSum", ["wide_scores", "token_axis"], "sum", ("keepdims", 0L))
        .Node("Cast", ["tokens"], "is_token", ("to", (long)TensorProto.Types.DataType.Bool))
        .Node("Cast", ["is_token"], "mask", ("to", (long)TensorProto.Types.DataType.Float))
        .Node("ReduceSum", ["mask", "token_axis"], "token_count", ("keepdims", 1L))
        .Node("Max", ["token_count", "one"], "at_least_one")
        .Node("Sqrt", ["at_least_one"], "divisor")
        .Node("Div", ["sum", "divisor"], "mean")
        .Node("Add", ["mean", "biases"], "scores")
        .Node("Softmax", ["scores"], "probabilities", ("axis", 1L))
        .Output("probabilities", TensorProto.Types.DataType.Float, "rows", biases.Length)
        .ToModel("Topic of a software description by its terms. Trained on descriptions of Debian packages and the archive sections they stand in.", SampleFiles.Producer);
}
