using System.Runtime.InteropServices;

namespace ModelTool.Training.Scoring;

/// <summary>What a package gave for the validation texts and for the test texts.</summary>
internal sealed record TextScores(float[][] Validation, float[][] Test)
{
    /// <summary>Reads what <see cref="ScoreTextsStep"/> wrote of so many validation texts and so many test texts behind them.</summary>
    public static TextScores Read(string path, int validation, int test)
    {
        var rows = Rows(path, validation + test);
        return new TextScores(rows[..validation], rows[validation..]);
    }

    /// <summary>A file of so many rows of equal length.</summary>
    public static float[][] Rows(string path, int count)
    {
        var numbers = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        return [.. numbers.Chunk(numbers.Length / count)];
    }
}
