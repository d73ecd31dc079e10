using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace TestCommon.OpenInference;

/// <summary>ONNX Runtime by itself on a backend model: the measure of what can be expected.</summary>
internal static class BackendRun
{
    // What ONNX's own runner of these tests allows.
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    private static readonly Dictionary<string, TensorElementType> Types = new()
    {
        ["BOOL"] = TensorElementType.Bool,
        ["UINT8"] = TensorElementType.UInt8,
        ["UINT16"] = TensorElementType.UInt16,
        ["UINT32"] = TensorElementType.UInt32,
        ["UINT64"] = TensorElementType.UInt64,
        ["INT8"] = TensorElementType.Int8,
        ["INT16"] = TensorElementType.Int16,
        ["INT32"] = TensorElementType.Int32,
        ["INT64"] = TensorElementType.Int64,
        ["FP16"] = TensorElementType.Float16,
        ["BF16"] = TensorElementType.BFloat16,
        ["FP32"] = TensorElementType.Float,
        ["FP64"] = TensorElementType.Double,
    };

    /// <summary>Null when ONNX Runtime gives the expected outputs of every data set, otherwise why not.</summary>
    public static string? WhyNot(BackendModel model)
    {
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var session = new InferenceSession(model.ModelPath, options);
            foreach (var (inputs, outputs) in model.DataSets())
            {
                if (Differs(session, inputs, outputs) is { } reason)
                {
                    return reason;
                }
            }

            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Null when the tensors are as expected, otherwise what differs.</summary>
    public static string? Differs(BackendValue expected, IReadOnlyList<TestTensor> actual)
    {
        if (expected.Items.Count != actual.Count)
        {
            return $"'{expected.Name}': found {actual.Count} items, expected {expected.Items.Count}";
        }

        return expected.Items.Zip(actual).Select(pair => Differs(expected.Name, pair.First, pair.Second)).FirstOrDefault(reason => reason is not null);
    }

    private static string? Differs(InferenceSession session, IReadOnlyList<BackendValue> inputs, IReadOnlyList<BackendValue> outputs)
    {
        if (!inputs.Concat(outputs).All(value => value.HasDatatype))
        {
            return "a type that the protocol has no name for";
        }

        using var options = new RunOptions();
        var present = inputs.Where(input => input.IsSequence || input.Items.Count > 0).ToArray();
        var values = present.Select(Value).ToArray();
        using var results = session.Run(options, present.Select(input => input.Name).ToArray(), values, session.OutputNames);
        GC.KeepAlive(values);
        foreach (var output in outputs)
        {
            var result = results[session.OutputNames.ToList().IndexOf(output.Name)];
            if (Differs(output, [.. Read(result)]) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static string? Differs(string name, TestTensor expected, TestTensor actual)
    {
        if (expected.Datatype != actual.Datatype || !expected.Shape.AsSpan().SequenceEqual(actual.Shape))
        {
            return $"'{name}': found {actual.Datatype} [{string.Join(", ", actual.Shape)}], expected {expected.Datatype} [{string.Join(", ", expected.Shape)}]";
        }

        if (expected.IsText)
        {
            return expected.Data.AsSpan().SequenceEqual(actual.Data) ? null : $"'{name}': other texts";
        }

        var pairs = expected.Numbers().Zip(actual.Numbers());
        return pairs.All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Absolute + (Relative * Math.Abs(pair.First)))
            ? null
            : $"'{name}': other values";
    }

    private static OrtValue Value(BackendValue value)
        => value.IsSequence ? OrtValue.CreateSequence([.. value.Items.Select(Value)]) : Value(value.Items[0]);

    private static OrtValue Value(TestTensor tensor)
    {
        if (!tensor.IsText)
        {
            var allocated = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Types[tensor.Datatype], tensor.Shape);
            tensor.Data.CopyTo(allocated.GetTensorMutableRawData());
            return allocated;
        }

        var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, tensor.Shape);
        foreach (var (text, index) in tensor.Items().Select((text, index) => (text, index)))
        {
            texts.StringTensorSetElementAt(text.AsSpan(), index);
        }

        return texts;
    }

    private static IEnumerable<TestTensor> Read(OrtValue value)
    {
        if (value.IsTensor)
        {
            var info = value.GetTensorTypeAndShape();
            yield return info.ElementDataType == TensorElementType.String
                ? TestTensor.Texts("", info.Shape, [.. value.GetStringTensorAsArray().Select(Encoding.UTF8.GetBytes)])
                : new TestTensor("", Types.First(type => type.Value == info.ElementDataType).Key, info.Shape, value.GetTensorMutableRawData().ToArray());
            yield break;
        }

        for (var index = 0; index < value.GetValueCount(); index++)
        {
            using var item = value.GetValue(index, OrtAllocator.DefaultInstance);
            foreach (var tensor in Read(item))
            {
                yield return tensor;
            }
        }
    }
}
