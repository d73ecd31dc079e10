using System.Diagnostics;

namespace Scoring.Probe;

/// <summary>Ends this process when the one that started it is gone, however that ended: its end of our standard input closes then.</summary>
internal static class Tether
{
    public static void EndWithParent() => new Thread(Watch) { IsBackground = true, Name = "tether" }.Start();

    private static void Watch()
    {
        var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        // Not by Environment.Exit: that waits for native code, which may hang.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
