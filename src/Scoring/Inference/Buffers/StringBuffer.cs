using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>Rows of a string tensor as UTF-8 in one array; ONNX Runtime copies them into its own strings for a run.</summary>
internal sealed class StringBuffer(ValueSpec spec, bool optional) : TensorBuffer(spec, optional)
{
    private byte[] bytes = [];
    private int[] ends = new int[16];
    private int used;
    private int pending;

    private int BytesUsed => used + pending == 0 ? 0 : ends[used + pending - 1];

    public override string Expected => "a text";

    public override bool TryAppend(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var room = Reserve(reader.ValueSpan.Length);
        try
        {
            Append(reader.CopyString(room));
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape names half of a surrogate pair, which has no UTF-8.
            return false;
        }
    }

    public override bool TryAppend(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Append(text.Length);
        return true;
    }

    public override void AppendNaN() => throw new NotSupportedException("Texts have no NaN.");

    protected override void AppendZero() => Append(0);

    public override void Begin()
    {
        pending = 0;
        HasPending = true;
    }

    private Span<byte> Reserve(int most)
    {
        var start = BytesUsed;
        if (bytes.Length - start < most)
        {
            Array.Resize(ref bytes, Math.Max(Math.Max(256, bytes.Length * 2), start + most));
        }

        return bytes.AsSpan(start, most);
    }

    private void Append(int length)
    {
        var end = BytesUsed + length;
        if (used + pending == ends.Length)
        {
            Array.Resize(ref ends, ends.Length * 2);
        }

        ends[used + pending++] = end;
        HasPending = true;
    }

    public override void Commit()
    {
        used += pending;
        pending = 0;
        base.Commit();
    }

    public override void Rollback()
    {
        pending = 0;
        base.Rollback();
    }

    public override void Clear()
    {
        used = 0;
        pending = 0;
        base.Clear();
    }

    public override OrtValue CreateValue(int first, int count)
    {
        var length = (int)Shape.Length;
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, Shape.ForRun(count));
        for (var index = 0; index < count * length; index++)
        {
            var element = Math.Min(first + (index / Math.Max(1, length)), Count - 1) * length + (index % Math.Max(1, length));
            var start = element == 0 ? 0 : ends[element - 1];
            value.StringTensorSetElementAt(bytes.AsSpan(start, ends[element] - start), index);
        }

        return value;
    }
}
