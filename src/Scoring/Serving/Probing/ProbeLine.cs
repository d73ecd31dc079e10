using System.Text;
using Scoring.Repository;

namespace Scoring.Serving.Probing;

/// <summary>One line of the probe's standard output: what it is about to do, or its report, after which it ends.</summary>
/// <param name="Doing">What begins now, for the reason if it never ends.</param>
/// <param name="Report">The end.</param>
/// <param name="Cage">Whether it is walled off, said before the package is opened; see <see cref="CageReport"/>.</param>
internal sealed record ProbeLine(string? Doing, ProbeReport? Report, string? Cage = null)
{
    /// <summary>Reads a line; null where it is none: native code may write to the standard output as well.</summary>
    public static ProbeLine? Read(string line) => SmallJson.Read(Encoding.UTF8.GetBytes(line), static root =>
        new ProbeLine(root.OptionalText("doing"), root.TryGetProperty("report", out var report) ? ProbeReport.Read(report) : null, root.OptionalText("cage")));

    /// <summary>The line, without its end.</summary>
    public override string ToString() => Encoding.UTF8.GetString(SmallJson.Write(writer =>
    {
        writer.WriteOptional("doing", Doing);
        Report?.Write(writer, "report");
        writer.WriteOptional("cage", Cage);
    }));
}
