using System.Diagnostics;

namespace Scoring.Serving.Isolation;

/// <summary>Reads the standard error of a process to its end, so that it never waits for a reader, and keeps the last lines.</summary>
internal sealed class ErrorTail
{
    private const int MaxLines = 20;

    private readonly Queue<string> lines = new();

    public ErrorTail(Process process)
    {
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The last lines.</summary>
    public string Text
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > MaxLines)
            {
                lines.Dequeue();
            }
        }
    }
}
