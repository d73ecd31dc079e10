using System.Text.Json;

namespace ModelTool.Native;

/// <summary>The child's voice: each line is flushed at once, so that after a crash the last one tells what was going on.</summary>
internal sealed class StepProgress(TextWriter output)
{
    /// <summary>Says what begins now.</summary>
    public void Doing(string what) => Write(new StepLine(what, null, null));

    internal void Write(StepLine line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, StepJson.Of<StepLine>()));
        output.Flush();
    }
}
