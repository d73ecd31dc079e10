namespace Scoring;

/// <summary>Gathers the faults of an input so that a caller sees them together. Not thread safe.</summary>
public sealed class FaultList
{
    /// <summary>Faults kept at most; what follows is counted only.</summary>
    public const int Limit = 25;

    // What callers and models call things has no limit of its own, and an answer of a refusal must have one.
    private const int MaxPointer = 1000;
    private const int MaxDetail = 4000;

    private readonly List<InputFault> faults = [];

    /// <summary>All faults seen, those beyond <see cref="Limit"/> included.</summary>
    public int Count { get; private set; }

    /// <summary>True once further faults are no longer kept.</summary>
    public bool IsFull => faults.Count >= Limit;

    /// <summary>The code of the first fault; meaningless while <see cref="Count"/> is 0.</summary>
    public ErrorCode Code { get; private set; }

    /// <summary>The first fault's detail; empty while there is none.</summary>
    public string FirstDetail => faults.Count > 0 ? faults[0].Detail : "";

    /// <summary>The faults kept, in the order found.</summary>
    public IReadOnlyList<InputFault> Faults => faults;

    /// <summary>Adds one fault. Of a very long pointer or detail the beginning is kept.</summary>
    public void Add(ErrorCode code, string pointer, string detail)
    {
        if (Count++ == 0)
        {
            Code = code;
        }

        if (faults.Count < Limit)
        {
            faults.Add(new InputFault(Cut(pointer, MaxPointer), Cut(detail, MaxDetail)));
        }
    }

    /// <summary>Forgets every fault.</summary>
    public void Clear()
    {
        Count = 0;
        faults.Clear();
    }

    /// <summary>The exception that carries these faults.</summary>
    public ScoringException ToException()
    {
        var first = faults[0];
        var where = first.Pointer.Length == 0 ? "" : $" at {first.Pointer}";
        var more = Count == 1 ? "" : $" ({Count - 1} more)";
        return new ScoringException(Code, $"{first.Detail}{where}{more}") { Faults = [.. faults] };
    }

    private static string Cut(string text, int length) => text.Length > length ? string.Concat(text.AsSpan(0, length), "…") : text;
}
