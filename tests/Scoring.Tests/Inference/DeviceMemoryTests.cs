using Scoring.Inference;

namespace Scoring.Tests.Inference;

public sealed class DeviceMemoryTests
{
    private const long Estimate = 1000;

    [Theory]
    [InlineData("cpu", "", "", 0)]
    [InlineData("dnnl,cpu", "", "", 0)]
    [InlineData("cuda,cpu", "", "", Estimate)]
    [InlineData("CUDA,cpu", "gpu_mem_limit", "7", 7)]
    [InlineData("cuda,cpu", "gpu_mem_limit", "much", Estimate)]
    [InlineData("cuda,cpu", "device_id", "7", Estimate)]
    [InlineData("tensorrt,cuda,cpu", "gpu_mem_limit", "7", Estimate)]
    [InlineData("directml,cpu", "", "", Estimate)]
    [InlineData("openvino,cpu", "", "", 0)]
    [InlineData("openvino,cpu", "device_type", "GPU.1", Estimate)]
    public void Of_Providers_IsTheirLimitOrTheEstimate(string providers, string option, string value, long bytes)
    {
        var names = providers.Split(',');
        var settings = new SessionSettings(1, names)
        {
            ProviderOptions = option.Length == 0 ? new Dictionary<string, IReadOnlyDictionary<string, string>>() : new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.OrdinalIgnoreCase)
            {
                [names.Contains("tensorrt") ? "cuda" : names[0]] = new Dictionary<string, string> { [option] = value },
            },
        };

        Assert.Equal(bytes, DeviceMemory.Of(settings, Estimate));
    }
}
