using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>The rows of one model input, appended one instance at a time. One caller at a time; buffers are reused between batches.</summary>
internal abstract class InputBuffer(ValueSpec spec, bool optional) : IDisposable
{
    public ValueSpec Spec { get; } = spec;

    /// <summary>True for an overridable initializer or an optional: it may be left out of a run.</summary>
    public bool Optional { get; } = optional;

    /// <summary>Rows written and kept.</summary>
    public int Count { get; private set; }

    /// <summary>True when each instance carries the whole input, its outermost dimension included, and so takes a run of its own.</summary>
    public bool IsWhole { get; protected set; }

    /// <summary>Rows of one run, where the outermost dimension is fixed; 0 where it varies.</summary>
    public long FixedRows => Spec.Kind == ValueKind.Tensor && Spec.Rank > 0 && !Spec.Dimensions[0].IsDynamic ? Spec.Dimensions[0].Size : 0;

    /// <summary>True once the row being written has its value.</summary>
    public bool HasPending { get; protected set; }

    /// <summary>Keeps the row that was written last.</summary>
    public virtual void Commit()
    {
        Count++;
        HasPending = false;
    }

    /// <summary>Drops the row that was being written.</summary>
    public virtual void Rollback() => HasPending = false;

    /// <summary>Whether these rows and those of another batch for the same input may stand in one run: they have one shape, and the input is neither whole nor optional.</summary>
    public virtual bool GoesWith(InputBuffer other) => Count == 0 && other.Count == 0;

    /// <summary>Appends the kept rows of a buffer that <see cref="GoesWith"/> this one.</summary>
    public virtual void Take(InputBuffer other) => Count += other.Count;

    /// <summary>About how many elements a row has, so that shapes which cost alike have the same number; 0 while there is no row.</summary>
    public virtual long RowElements => 0;

    /// <summary>Forgets all rows.</summary>
    public virtual void Clear()
    {
        Count = 0;
        HasPending = false;
    }

    /// <summary>A native value of the rows <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/>; those beyond <see cref="Count"/> repeat the last. The caller disposes it before the buffer changes.</summary>
    public abstract OrtValue CreateValue(int first, int count);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
