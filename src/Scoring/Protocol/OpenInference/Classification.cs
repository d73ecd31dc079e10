using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>The greatest elements of an output in place of all, as Triton's classification extension has it: texts <c>score:index</c> or <c>score:index:label</c>, greatest first.</summary>
internal static class Classification
{
    /// <summary>True for a tensor of numbers.</summary>
    public static bool Takes(ValueSpec spec) => spec.Kind == ValueKind.Tensor && spec.ElementType is not (TensorElementType.String or TensorElementType.Bool);

    /// <summary>The names of an output's classes; none where it is not the one that the model's labels are of.</summary>
    public static IReadOnlyList<string> Labels(LoadedModel model, ValueSpec spec)
    {
        var plan = model.Predictions;
        return plan.ScoreOutput >= 0 && model.Session.Signature.Outputs[plan.ScoreOutput].Name == spec.Name ? [.. plan.Labels.Select(label => label.Value)] : [];
    }

    /// <summary>The texts, <c>[rows, classes]</c> where the tensor has rows, a dimension before its last ones, and <c>[classes]</c> where it has one dimension or none. Never more classes than there are.</summary>
    public static OutputTensor Of(OrtValue value, RequestedOutput wanted, int classes, IReadOnlyList<string> labels)
    {
        var info = value.GetTensorTypeAndShape();
        var (rows, scores) = (info.Shape.Length > 1 ? (int)info.Shape[0] : 1, Scores(info.ElementDataType, value.GetTensorMutableRawData()));
        var width = rows == 0 ? 0 : scores.Length / rows;
        var kept = Math.Min(classes, width);
        long[] shape = info.Shape.Length > 1 ? [rows, kept] : [kept];
        var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var order = new int[width];
        for (var row = 0; row < rows; row++)
        {
            Rank(scores.AsSpan(row * width, width), order);
            for (var rank = 0; rank < kept; rank++)
            {
                var index = order[rank];
                var label = labels.Count == width ? $":{labels[index]}" : "";
                var text = string.Create(CultureInfo.InvariantCulture, $"{Spell(info.ElementDataType, scores[(row * width) + index])}:{index}{label}");
                texts.StringTensorSetElementAt(Encoding.UTF8.GetBytes(text), (row * kept) + rank);
            }
        }

        return new OutputTensor(wanted.Name, TensorElementType.String, shape, [texts], wanted.IsBinary);
    }

    // Of equal scores the first is the greater; NaN is less than all.
    private static void Rank(ReadOnlySpan<double> scores, int[] order)
    {
        var keys = scores.ToArray();
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        Array.Sort(order, (left, right) => keys[right].CompareTo(keys[left]) is var by and not 0 ? by : left.CompareTo(right));
    }

    // A float32 is spelled as one: 0.1, not the digits that its value has as a double.
    private static string Spell(TensorElementType type, double score) => type switch
    {
        TensorElementType.Float or TensorElementType.BFloat16 => ((float)score).ToString(CultureInfo.InvariantCulture),
        TensorElementType.Float16 => ((Half)score).ToString(CultureInfo.InvariantCulture),
        _ => score.ToString(CultureInfo.InvariantCulture),
    };

    private static double[] Scores(TensorElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorElementType.Float => Convert<float>(bytes, static score => score),
        TensorElementType.Double => Convert<double>(bytes, static score => score),
        TensorElementType.Float16 => Convert<Half>(bytes, static score => (double)score),
        TensorElementType.BFloat16 => Convert<ushort>(bytes, static bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        TensorElementType.Int8 => Convert<sbyte>(bytes, static score => score),
        TensorElementType.UInt8 => Convert<byte>(bytes, static score => score),
        TensorElementType.Int16 => Convert<short>(bytes, static score => score),
        TensorElementType.UInt16 => Convert<ushort>(bytes, static score => score),
        TensorElementType.Int32 => Convert<int>(bytes, static score => score),
        TensorElementType.UInt32 => Convert<uint>(bytes, static score => score),
        TensorElementType.Int64 => Convert<long>(bytes, static score => score),
        _ => Convert<ulong>(bytes, static score => score),
    };

    private static double[] Convert<T>(ReadOnlySpan<byte> bytes, Func<T, double> number)
        where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(bytes);
        var scores = new double[elements.Length];
        for (var index = 0; index < scores.Length; index++)
        {
            scores[index] = number(elements[index]);
        }

        return scores;
    }
}
