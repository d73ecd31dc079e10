using System.Text.Json;

namespace Scoring.Inference;

/// <summary>Where one operator of a loaded graph ran.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Operator">Its kind, such as <c>Gemm</c>.</param>
/// <param name="Provider">ONNX Runtime's name of the execution provider, such as <c>CPUExecutionProvider</c>.</param>
public sealed record NodePlacement(string Node, string Operator, string Provider)
{
    private const string KernelTime = "_kernel_time";

    /// <summary>Reads them from a profile that ONNX Runtime wrote; each operator that ran, once.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="JsonException">It is no profile.</exception>
    public static IReadOnlyList<NodePlacement> Read(string profilePath)
    {
        using var profile = JsonDocument.Parse(File.ReadAllBytes(profilePath));
        return [.. profile.RootElement.EnumerateArray().Select(Find).OfType<NodePlacement>().Distinct()];
    }

    private static NodePlacement? Find(JsonElement entry) =>
        entry.TryGetProperty("name", out var name) && name.GetString() is { } text && text.EndsWith(KernelTime, StringComparison.Ordinal)
            && entry.TryGetProperty("args", out var told) && told.TryGetProperty("op_name", out var kind) && told.TryGetProperty("provider", out var provider)
            ? new NodePlacement(text[..^KernelTime.Length], kind.GetString()!, provider.GetString()!)
            : null;
}
