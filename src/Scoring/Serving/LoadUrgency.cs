namespace Scoring.Serving;

/// <summary>Who waits for a load: a request goes before what nobody waits for, such as a preload or a swap. It may become urgent while it waits. Thread safe.</summary>
internal sealed class LoadUrgency
{
    private volatile bool isUrgent;

    /// <summary>True once a request waits.</summary>
    public bool IsUrgent => isUrgent;

    /// <summary>A request waits for it.</summary>
    public void Raise() => isUrgent = true;
}
