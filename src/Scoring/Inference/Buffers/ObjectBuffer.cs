using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>Maps, sequences, optionals and encoded bytes: each instance carries one whole value and takes a run of its own.</summary>
internal sealed class ObjectBuffer : InputBuffer
{
    /// <summary>Most items of a sequence in a request: each is a native value of its own, which costs far more than the bytes it came in.</summary>
    public const int MaxItems = 1 << 16;

    private readonly List<Func<OrtValue>> makers = [];
    private Func<OrtValue>? pending;

    public ObjectBuffer(ValueSpec spec, bool optional)
        : base(spec, optional || spec.Kind == ValueKind.Optional)
    {
        IsWhole = true;
    }

    /// <summary>Sets the row being written.</summary>
    public void Set(Func<OrtValue> maker)
    {
        pending = maker;
        HasPending = true;
    }

    public override void Commit()
    {
        makers.Add(pending!);
        base.Commit();
    }

    public override void Clear()
    {
        makers.Clear();
        base.Clear();
    }

    public override OrtValue CreateValue(int first, int count) => makers[first]();
}
