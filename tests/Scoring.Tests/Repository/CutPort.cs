using TestCommon;

namespace Scoring.Tests.Repository;

/// <summary>A port of this machine that passes everything on to another until so many bytes of answers went through: then its connections end and new ones are closed at once.</summary>
internal sealed class CutPort(int target) : RelayPort(target)
{
    private long left = long.MaxValue;

    /// <summary>True once the cut has happened.</summary>
    public bool IsCut => Volatile.Read(ref left) < 0;

    protected override bool IsOpen => !IsCut;

    /// <summary>Cuts after so many bytes of answers.</summary>
    public void CutAfter(long bytes) => Volatile.Write(ref left, bytes);

    /// <summary>Lets everything through again.</summary>
    public void Heal() => Volatile.Write(ref left, long.MaxValue);

    protected override ValueTask<bool> PassesAsync(int bytes, CancellationToken cancellationToken) => new(Interlocked.Add(ref left, -bytes) >= 0);
}
