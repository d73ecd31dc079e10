using System.Text.Json;

namespace ModelTool.Native;

/// <summary>One line of a native step's standard output: what begins now, or its end.</summary>
/// <param name="Doing">What begins now, for the sentence if it never ends.</param>
/// <param name="Result">What it found.</param>
/// <param name="Refused">Why it ended without a result.</param>
internal sealed record StepLine(string? Doing, JsonElement? Result, string? Refused);
