using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>How large an answer is at least, and the refusal of one that is too large.</summary>
internal static class AnswerSize
{
    /// <summary>Fewest bytes of so many elements: exact as binary data of numbers, and as JSON one digit and one comma each.</summary>
    public static double Least(TensorElementType type, double elements, bool isBinary) =>
        elements * (!isBinary ? AnswerTooLarge.LeastJsonBytes : type == TensorElementType.String ? sizeof(int) : Datatypes.Bytes(type));

    /// <summary>Refuses an answer that the model's own shapes show to be too large. An output with a dimension of unknown size counts for nothing.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>.</exception>
    public static void RequireBeforeRun(IReadOnlyList<RequestedOutput> wanted, IReadOnlyList<ValueSpec> outputs, ShapeCheck shapes, long maxBytes)
    {
        var least = 0.0;
        foreach (var output in wanted)
        {
            if (output.Classes is null && outputs[output.Output] is { Kind: ValueKind.Tensor, IsUnranked: false } spec)
            {
                var elements = 1.0;
                foreach (var dimension in spec.Dimensions)
                {
                    elements *= shapes.SizeOf(dimension) ?? 0;
                }

                least += Least(spec.ElementType, elements, output.IsBinary);
            }
        }

        Require(least, maxBytes);
    }

    /// <summary>Refuses more bytes than may be.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>.</exception>
    public static void Require(double least, long maxBytes)
    {
        if (least > maxBytes)
        {
            throw AnswerTooLarge.Of(maxBytes, (long)least);
        }
    }
}
