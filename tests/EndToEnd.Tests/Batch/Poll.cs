namespace EndToEnd.Tests.Batch;

/// <summary>Waits for what another process does.</summary>
internal static class Poll
{
    // Bounds a failure, not a speed.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Longest);
        while (!await isSo())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
