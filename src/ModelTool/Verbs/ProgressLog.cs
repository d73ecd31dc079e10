namespace ModelTool.Verbs;

/// <summary>What goes on, for where nobody watches a line that moves: a line every half minute, often enough to see that it is alive, seldom enough for a log. Thread safe.</summary>
/// <param name="time">Tells when half a minute has passed.</param>
/// <param name="say">Writes a line.</param>
internal sealed class ProgressLog(TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private long last = time.GetTimestamp();

    /// <summary>Says what begins now, or nothing where something was said less than half a minute ago.</summary>
    public void Doing(string line)
    {
        var before = Interlocked.Read(ref last);
        if (time.GetElapsedTime(before) >= Silence && Interlocked.CompareExchange(ref last, time.GetTimestamp(), before) == before)
        {
            say(line);
        }
    }
}
