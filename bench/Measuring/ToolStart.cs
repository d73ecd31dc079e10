using System.Diagnostics;
using System.Globalization;
using Scoring.Bench.Reporting;

namespace Scoring.Bench.Measuring;

/// <summary>How long the model tool takes for the least that it can be asked: <c>model --help</c>, from the process's start to its end.</summary>
internal static class ToolStart
{
    private const int RoundCount = 25;

    /// <summary>One call of each form in turn: as one native file, and for .NET.</summary>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var native = await Published.NativeAsync("src/ModelTool", "model", cancellationToken);
        var built = Peers.Built("src/ModelTool", "model");
        var (natives, builts) = (new double[RoundCount], new double[RoundCount]);
        for (var round = -1; round < RoundCount; round++)
        {
            natives[Math.Max(round, 0)] = await TimeAsync(new ProcessStartInfo(native, ["--help"]), cancellationToken);
            builts[Math.Max(round, 0)] = await TimeAsync(new ProcessStartInfo("dotnet", [built, "--help"]), cancellationToken);
        }

        var medians = new Dictionary<string, double> { ["nativeToolMilliseconds"] = Rounds.Median(natives), ["toolMilliseconds"] = Rounds.Median(builts) };
        foreach (var (name, median) in medians)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {median,14:N1}"));
        }

        return
        [
            new("one native file: `model --help`", "the clock, from the process's start to its end", medians["nativeToolMilliseconds"], " ms", Aim.AtMost(50)) { Medians = medians },
            new("the same", "the model tool for .NET", Rounds.Median([.. natives.Zip(builts, (one, other) => one / other)]), "x", null) { Medians = medians },
        ];
    }

    private static async Task<double> TimeAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = true;
        var began = Stopwatch.GetTimestamp();
        using var tool = Process.Start(start)!;
        await tool.StandardOutput.ReadToEndAsync(cancellationToken);
        await tool.WaitForExitAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return tool.ExitCode == 0 ? took : throw new InvalidOperationException($"`{start.FileName} --help` ended with {tool.ExitCode}.");
    }
}
