using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Protocol.OpenInference;

/// <summary>A body that is nothing but one tensor: its type and shape are those of the model's one input, the one varying dimension is what the bytes make it.</summary>
internal static class RawRequest
{
    /// <summary>Reads the body into a request that wants every output as bytes.</summary>
    /// <exception cref="ScoringException">The model or the bytes do not allow the form.</exception>
    public static void Read(InferSignature signature, TensorMemory body, InferRequest request)
    {
        var faults = new FaultList();
        if (signature.Optional.Count(optional => !optional) != 1 || signature.TryFind(signature.Inputs[0].Name, out var slot) is false || signature.Inputs[0].Kind != ValueKind.Tensor)
        {
            throw Unfit("the model has not exactly one tensor as input");
        }

        if (slot.Spec.IsUnranked)
        {
            throw Unfit($"the input '{slot.Spec.Name}' is of any shape");
        }

        var part = slot.Spec.ElementType == TensorElementType.String ? Text(slot.Spec, body) : Numbers(slot.Spec, body, faults);
        if (part is not null)
        {
            request.TryAdd(slot, part);
            request.Assemble(signature, faults);
            request.WantAll(signature, isBinary: true);
        }

        if (faults.Count > 0)
        {
            throw faults.ToException();
        }
    }

    private static TensorPart? Numbers(ValueSpec spec, TensorMemory body, FaultList faults)
    {
        long[] shape = [.. spec.Dimensions.Select(dimension => dimension.Size)];
        if (shape.Length > 0 && shape.Count(size => size < 0) > 1)
        {
            // One row, where rows vary beside something else.
            shape[0] = shape[0] < 0 ? 1 : shape[0];
        }

        var varying = Array.FindAll(shape, size => size < 0).Length;
        if (varying > 1)
        {
            throw Unfit($"the input '{spec.Name}' is {ShapeCheck.Describe(spec)}, where more than one dimension varies");
        }

        var elements = body.Length / Datatypes.Bytes(spec.ElementType);
        if (varying == 1)
        {
            var others = shape.Where(size => size >= 0).Aggregate(1L, (product, size) => product * size);
            shape[Array.FindIndex(shape, size => size < 0)] = others == 0 ? 0 : elements / others;
        }

        var binary = new BinaryData(body, 0);
        TensorShape.TryCount(shape, int.MaxValue, out var count);
        return binary.Take(spec.ElementType, shape, count, body.Length, new TensorSite(faults, 0, spec.Name));
    }

    // One text: the body itself, without a length before it.
    private static TensorPart Text(ValueSpec spec, TensorMemory body)
    {
        if (spec.Dimensions.Any(dimension => dimension is { IsDynamic: false, Size: not 1 }))
        {
            throw Unfit($"the input '{spec.Name}' is {ShapeCheck.Describe(spec)}; only one text goes without JSON");
        }

        long[] shape = [.. spec.Dimensions.Select(_ => 1L)];
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        value.StringTensorSetElementAt(body.Span, 0);
        return new TensorPart(TensorElementType.String, shape, value, 0, null);
    }

    private static ScoringException Unfit(string reason)
        => new(ErrorCode.ShapeMismatch, $"found a body without JSON (Inference-Header-Content-Length 0); expected JSON before the tensors, since {reason}");
}
