using System.Globalization;

namespace Scoring.Inference;

/// <summary>What a session takes of a device's own memory, as far as its settings tell: none of it can be asked for here.</summary>
internal static class DeviceMemory
{
    private const string CudaLimit = "gpu_mem_limit";

    /// <summary>Bytes of the device's memory: the most that its providers may take, and 0 where none of them has memory of its own.</summary>
    /// <param name="settings">Of the session.</param>
    /// <param name="estimate">What counts for a provider that was given no limit.</param>
    public static long Of(SessionSettings settings, long estimate) =>
        settings.ExecutionProviders.Select(provider => Of(provider, settings.OptionsOf(provider), estimate)).DefaultIfEmpty().Max();

    private static long Of(string provider, Dictionary<string, string> options, long estimate) => provider.ToUpperInvariant() switch
    {
        "CUDA" => options.TryGetValue(CudaLimit, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : estimate,
        "TENSORRT" or "DIRECTML" or "WEBGPU" => estimate,
        "OPENVINO" => options.GetValueOrDefault("device_type", "").Contains("GPU", StringComparison.OrdinalIgnoreCase) ? estimate : 0,
        _ => 0,
    };
}
