using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>
/// A whole model input as one feature named like the input: nested arrays, row-major. An instance gives one row (the input without its outermost dimension),
/// or the whole input where that dimension is fixed; an outermost array of one element is taken for the row in it, and a bare value for a row of one element.
/// </summary>
internal sealed class TensorEncoder(ValueSpec spec, int input, bool optional) : FeatureEncoder(spec.Name, input)
{
    // One array that holds 1 where a row of one element takes a bare value.
    private readonly bool takesBareValue = spec.Rank > 1 && spec.Dimensions.Skip(1).All(dimension => dimension.IsDynamic || dimension.Size == 1);

    /// <summary>True where a missing value is NaN to the model.</summary>
    public bool TakesNaN => spec.TakesNaN;

    public override bool HasDefault => optional || CanBeMissing;

    public override IEnumerable<FeatureColumn> Columns =>
        optional || spec.IsUnranked || spec.ElementType == TensorElementType.String ? []
        : spec.Rank == 1 || (spec.Rank == 2 && spec.Dimensions[1].Size == 1) ? [new(Name, FeatureColumnKind.Number, Input, 0)]
        : spec.Rank == 2 && !spec.Dimensions[1].IsDynamic
            ? Enumerable.Range(0, (int)Math.Min(spec.Dimensions[1].Size, FeatureBaseline.MaxFeatures)).Select(column => new FeatureColumn($"{Name}[{column}]", FeatureColumnKind.Number, Input, column))
            : [];

    // A row of several elements that is missing altogether is a mistake sooner than as many missing values.
    private bool CanBeMissing => spec.TakesNaN && !spec.IsUnranked && (takesBareValue || spec.Rank == 1);

    public override string Expected => spec.IsUnranked ? $"a value or array as a row of {spec}" : spec.Rank switch
    {
        0 => $"one value of {spec}",
        1 => $"one value as a row of {spec}",
        _ => $"an array nested {spec.Rank - 1} deep as a row of {spec}",
    };

    public override void WriteDefault(InputBuffer buffer)
    {
        // Left out of the run where it is optional.
        if (!optional)
        {
            TryWriteMissing(buffer);
        }
    }

    public override bool TryWriteMissing(InputBuffer buffer)
    {
        if (!CanBeMissing)
        {
            return false;
        }

        var tensor = (TensorBuffer)buffer;
        UseWhole(tensor, whole: false);
        tensor.Begin();
        tensor.PendingSizes.AsSpan().Fill(1);
        tensor.AppendNaN();
        return true;
    }

    public override bool TryParse(ReadOnlySpan<byte> text, InputBuffer buffer, FaultSite site)
    {
        // A text that takes one cell may itself begin so.
        var isText = spec.ElementType == TensorElementType.String && (spec.IsUnranked || spec.Rank < 2 || takesBareValue);
        if (text is [(byte)'[', ..] && !isText)
        {
            return TryParseJson(text, buffer, site);
        }

        var tensor = (TensorBuffer)buffer;
        UseRank(tensor, 0, whole: false);
        if (spec.Rank > 1 && !takesBareValue)
        {
            return Refuse(site, "a single field", ErrorCode.ShapeMismatch);
        }

        tensor.Begin();
        tensor.PendingSizes.AsSpan().Fill(1);
        return tensor.TryAppend(text) || TryAppendMissing(MissingValue.Is(text), tensor) || RefuseElement(site, Found.Describe(text), tensor, "");
    }

    public override bool TryRead(ref Utf8JsonReader reader, InputBuffer buffer, FaultSite site) => TryRead(ref reader, (TensorBuffer)buffer, site, "");

    public bool TryRead(ref Utf8JsonReader reader, TensorBuffer buffer, FaultSite site, string path, bool whole = false)
    {
        if (spec.Rank > RowShape.MaxRank)
        {
            return Refuse(site, $"an input of rank {spec.Rank}, more than the {RowShape.MaxRank} that are served", ErrorCode.ShapeMismatch);
        }

        var depth = JsonNesting.DepthOf(reader);
        if (spec.IsUnranked && depth < RowShape.MaxRank)
        {
            UseRank(buffer, depth, whole);
            return buffer.Shape.Rank == depth
                ? TryReadRow(ref reader, buffer, site, path, whole, depth)
                : Refuse(site, $"an array nested {depth} deep beside one nested {buffer.Shape.Rank} deep in the instances before", ErrorCode.ShapeMismatch);
        }

        var rowRank = Math.Max(0, spec.Rank - 1);
        if (!whole && spec.Rank > 0 && depth == spec.Rank)
        {
            if (!spec.Dimensions[0].IsDynamic && spec.Dimensions[0].Size != 1)
            {
                whole = true;
            }
            else if (JsonNesting.HoldsOne(reader))
            {
                reader.Read();
                var read = TryReadRow(ref reader, buffer, site, path + "/0", whole: false, rowRank);
                reader.Read();
                return read;
            }
        }

        var rank = whole ? spec.Rank : rowRank;
        if (depth == 0 && rank > 0 && takesBareValue && reader.TokenType != JsonTokenType.StartObject)
        {
            UseWhole(buffer, whole: false);
            buffer.Begin();
            buffer.PendingSizes.AsSpan().Fill(1);
            return TryAppend(ref reader, buffer) || RefuseElement(site, Found.Describe(ref reader), buffer, path);
        }

        // Where a dimension is 0, numpy writes no arrays of those behind it.
        if (depth != rank && !(depth < rank && JsonNesting.EndsEmpty(reader)))
        {
            var found = depth == 0 ? Found.Describe(ref reader) : $"an array nested {depth} deep";
            reader.TrySkip();
            return Refuse(site, found, ErrorCode.ShapeMismatch);
        }

        return TryReadRow(ref reader, buffer, site, path, whole, rank);
    }

    private bool TryReadRow(ref Utf8JsonReader reader, TensorBuffer buffer, FaultSite site, string path, bool whole, int rank)
    {
        if (buffer.Count > 0 && buffer.IsWhole != whole)
        {
            reader.TrySkip();
            return Refuse(site, "a whole input beside rows", ErrorCode.ShapeMismatch);
        }

        UseWhole(buffer, whole);
        buffer.Begin();
        Span<long> sizes = stackalloc long[RowShape.MaxRank];
        Span<int> indexes = stackalloc int[RowShape.MaxRank];
        sizes = sizes[..rank];
        sizes.Fill(-1);
        if (!TryReadAxis(ref reader, buffer, site, path, sizes, indexes, 0))
        {
            return false;
        }

        return TryFix(buffer, site, path, sizes);
    }

    private static void UseWhole(TensorBuffer buffer, bool whole)
    {
        if (buffer.Count == 0)
        {
            buffer.UseWhole(whole);
        }
    }

    private void UseRank(TensorBuffer buffer, int depth, bool whole)
    {
        if (spec.IsUnranked && buffer.Count == 0)
        {
            buffer.Shape.UseRank(whole ? depth : depth + 1);
            buffer.UseWhole(whole);
        }
    }

    // Leaves the reader on the value's last token also after a fault, so that the faults of other features are found too.
    private bool TryReadAxis(ref Utf8JsonReader reader, TensorBuffer buffer, FaultSite site, string path, scoped Span<long> sizes, scoped Span<int> indexes, int axis)
    {
        if (axis == sizes.Length)
        {
            if (TryAppend(ref reader, buffer))
            {
                return true;
            }

            var found = Found.Describe(ref reader);
            reader.TrySkip();
            return RefuseElement(site, found, buffer, path + JsonNesting.Path(indexes[..axis]));
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var found = Found.Describe(ref reader);
            reader.TrySkip();
            site.Add(ErrorCode.ShapeMismatch, Name, $"found {found}; expected an array nested {sizes.Length - axis} deep, since {spec} must not be ragged", path + JsonNesting.Path(indexes[..axis]));
            return false;
        }

        var depth = reader.CurrentDepth;
        var fits = true;
        var length = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            indexes[axis] = length++;
            if (fits)
            {
                fits = TryReadAxis(ref reader, buffer, site, path, sizes, indexes, axis + 1);
            }
            else
            {
                reader.TrySkip();
            }
        }

        if (!fits)
        {
            return false;
        }

        if (sizes[axis] >= 0 && sizes[axis] != length)
        {
            site.Add(ErrorCode.ShapeMismatch, Name, $"found {length} elements; expected {sizes[axis]} as in the arrays before, since {spec} must not be ragged", path + JsonNesting.Path(indexes[..axis]));
            return false;
        }

        sizes[axis] = length;
        return true;
    }

    private bool TryAppend(ref Utf8JsonReader reader, TensorBuffer buffer)
        => buffer.TryAppend(ref reader) || TryAppendMissing(MissingValue.Is(ref reader), buffer);

    private bool TryAppendMissing(bool isMissing, TensorBuffer buffer)
    {
        if (!isMissing || !spec.TakesNaN)
        {
            return false;
        }

        buffer.AppendNaN();
        return true;
    }

    private bool TryFix(TensorBuffer buffer, FaultSite site, string path, scoped Span<long> sizes)
    {
        var fits = true;
        for (var index = 0; index < sizes.Length; index++)
        {
            var axis = index + buffer.Shape.FirstAxis;
            var dimension = buffer.Shape.Dimension(axis);
            var size = sizes[index] >= 0 ? sizes[index] : !dimension.IsDynamic ? dimension.Size : buffer.Count > 0 ? buffer.Shape[axis] : 0;
            if (!dimension.IsDynamic && dimension.Size != size)
            {
                site.Add(ErrorCode.ShapeMismatch, Name, $"found {size} elements along axis {axis}; expected {dimension.Size}, since the input is {spec}", path);
                fits = false;
            }
            else if (dimension.IsDynamic && buffer.Count > 0 && buffer.Shape[axis] != size)
            {
                site.Add(ErrorCode.ShapeMismatch, Name, $"found {size} elements along axis {axis} ({dimension}); expected {buffer.Shape[axis]} as in the instances before, since one request has one size", path);
                fits = false;
            }

            buffer.PendingSizes[index] = size;
        }

        return fits;
    }

    private bool RefuseElement(FaultSite site, string found, TensorBuffer buffer, string path)
    {
        site.Add(ErrorCode.InvalidValue, Name, $"found {found}; expected {buffer.Expected}{(spec.TakesNaN ? ", or null for a missing value," : "")} for {spec}", path);
        return false;
    }
}
