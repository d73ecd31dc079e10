using System.Diagnostics;

namespace Scoring.Probe;

/// <summary>Ends this process when the one that started it is gone, however that ended: its end of our standard input closes then.</summary>
internal static class Tether
{
    /// <summary>Watches the standard input from now on.</summary>
    /// <param name="obey">Given each line that comes in; null where none is expected.</param>
    public static void EndWithParent(Action<string>? obey = null) => new Thread(() => Watch(obey)) { IsBackground = true, Name = "tether" }.Start();

    private static void Watch(Action<string>? obey)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is { } line)
        {
            obey?.Invoke(line);
        }

        // Not by Environment.Exit: that waits for native code, which may hang.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
