using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Inference;

namespace Scoring.Serving.Isolation;

/// <summary>The inputs and outputs of a model as bytes.</summary>
internal static class SignatureFrames
{
    /// <summary>Appends a signature.</summary>
    public static void Write(FrameBuffer frame, ModelSignature signature)
    {
        Write(frame, signature.Inputs);
        Write(frame, signature.Overridable);
        Write(frame, signature.Outputs);
    }

    /// <summary>Reads a signature.</summary>
    public static ModelSignature Read(ref FrameReader reader) => new(ReadSpecs(ref reader), ReadSpecs(ref reader), ReadSpecs(ref reader));

    private static void Write(FrameBuffer frame, IReadOnlyList<ValueSpec> specs)
    {
        frame.Write(specs.Count);
        foreach (var spec in specs)
        {
            Write(frame, spec);
        }
    }

    private static void Write(FrameBuffer frame, ValueSpec spec)
    {
        frame.Write(spec.Name);
        frame.Write((byte)spec.Kind);
        frame.Write((int)spec.ElementType);
        frame.Write(spec.IsUnranked);
        frame.Write(spec.TakesNaN);
        frame.Write(spec.Rank);
        foreach (var dimension in spec.Dimensions)
        {
            frame.Write(dimension.Size);
            frame.Write(dimension.Symbol);
        }

        frame.Write(spec.Element is not null);
        if (spec.Element is { } element)
        {
            Write(frame, element);
        }
    }

    private static ValueSpec[] ReadSpecs(ref FrameReader reader)
    {
        var specs = new ValueSpec[reader.Count(1)];
        for (var index = 0; index < specs.Length; index++)
        {
            specs[index] = ReadSpec(ref reader);
        }

        return specs;
    }

    private static ValueSpec ReadSpec(ref FrameReader reader)
    {
        var (name, kind, type) = (reader.Text(), (ValueKind)reader.Read<byte>(), (TensorElementType)reader.Read<int>());
        var (isUnranked, takesNaN) = (reader.Read<bool>(), reader.Read<bool>());
        var dimensions = new TensorDimension[reader.Count(1)];
        for (var axis = 0; axis < dimensions.Length; axis++)
        {
            dimensions[axis] = new TensorDimension(reader.Read<long>(), reader.Text());
        }

        var element = reader.Read<bool>() ? ReadSpec(ref reader) : null;
        return new ValueSpec(name, kind, type, dimensions, element) { IsUnranked = isUnranked, TakesNaN = takesNaN };
    }
}
