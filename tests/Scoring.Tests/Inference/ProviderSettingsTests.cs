using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;
using TestCommon;

namespace Scoring.Tests.Inference;

/// <summary>Which execution providers a session asks for and how, as far as the processor alone can show it.</summary>
public sealed class ProviderSettingsTests : IDisposable
{
    private static readonly SessionSettings Gpu = new(1, ["cuda", "cpu"]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_ProviderThatIsNotHere_IsRefusedByName()
    {
        var refused = Assert.Throws<ScoringException>(() => Load(Gpu));

        Assert.Contains("execution provider 'cuda' cannot be registered", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Install the package Microsoft.ML.OnnxRuntime.Gpu.Linux", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ProviderThatIsNotHereWithFallback_IsLeftOutAndTold()
    {
        using var model = Load(Gpu with { FallsBack = true });

        Assert.Equal(["cpu"], model.Providers.Names);
        Assert.Contains("'cuda' cannot be registered", Assert.Single(model.Providers.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ProvidersOfModelJson_GoBeforeTheApps()
    {
        var refused = Assert.Throws<ScoringException>(() => Load(SessionSettings.Plain, """{"session":{"providers":["openvino","cpu"]} }"""));

        Assert.Contains("'openvino' cannot be registered", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qnn")]
    [InlineData("xnnpack")]
    public void Load_ProviderThatTheRuntimeRefuses_IsToldWithoutCodes(string provider)
    {
        var refused = Assert.Throws<ScoringException>(() => Load(new SessionSettings(1, [provider])));

        Assert.Contains($"'{provider}' cannot be registered", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\[ErrorCode|\.(cc|h):[0-9]", refused.Message);
    }

    [Theory]
    [InlineData("cpu", "fast", "yes", "has no option 'fast'")]
    [InlineData("dnnl", "use_arena", "maybe", "expected a whole number")]
    [InlineData("abacus", "beads", "9", "is not an execution provider")]
    public void Load_OptionThatCannotBe_IsRefusedByName(string provider, string option, string value, string reason)
    {
        var settings = new SessionSettings(1, [provider]) { ProviderOptions = new Dictionary<string, IReadOnlyDictionary<string, string>> { [provider] = new Dictionary<string, string> { [option] = value } } };

        Assert.Contains(reason, Assert.Throws<ScoringException>(() => Load(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_OptionsOfModelJson_GoBeforeTheAppsOneByOne()
    {
        var config = ModelConfigReader.Read("""{"session":{"providerOptions":{"cuda":{"gpu_mem_limit":2147483648,"do_copy_in_default_stream":true} } } }"""u8.ToArray()).Session;
        var settings = Gpu with { ProviderOptions = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["cuda"] = new Dictionary<string, string> { ["device_id"] = "1", ["gpu_mem_limit"] = "7" } } };

        var merged = settings.With(config).ProviderOptions["cuda"];

        Assert.Equal(("1", "2147483648", "True"), (merged["device_id"], merged["gpu_mem_limit"], merged["do_copy_in_default_stream"]));
    }

    [Theory]
    [InlineData("trt_extra_plugin_lib_paths")]
    [InlineData("backend_path")]
    [InlineData("cache_dir")]
    public void Read_OptionThatNamesAFileInModelJson_IsRefused(string option)
    {
        var json = System.Text.Encoding.UTF8.GetBytes($$"""{"session":{"providerOptions":{"tensorrt":{"{{option}}":"/somewhere"} } } }""");

        Assert.Contains("only the app's own settings may", Assert.Throws<ScoringException>(() => ModelConfigReader.Read(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_WhatWasWrittenForTheProbe_ComesBack()
    {
        var settings = Gpu with
        {
            FallsBack = true,
            CompiledPath = "somewhere",
            ProviderOptions = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["cuda"] = new Dictionary<string, string> { ["device_id"] = "1" } },
        };

        Assert.True(ProbeArguments.TryRead(ProbeArguments.Write(new ModelPackage("m", "1", "", "folder", "hash"), settings, warmsUp: true), out _, out var read, out _));

        Assert.Equal((true, "somewhere", "1"), (read.FallsBack, read.CompiledPath, read.ProviderOptions["cuda"]["device_id"]));
        Assert.Equal(settings.ExecutionProviders, read.ExecutionProviders);
    }

    [Fact]
    public void OptionsOf_ProvidersThatCompile_KeepWhatTheyMadeUnlessToldOtherwise()
    {
        var settings = new SessionSettings(1, ["tensorrt"]) { CompiledPath = "cache", ProviderOptions = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["tensorrt"] = new Dictionary<string, string> { ["trt_engine_cache_enable"] = "0" } } };

        Assert.Equal(("0", "cache"), (settings.OptionsOf("tensorrt")["trt_engine_cache_enable"], settings.OptionsOf("tensorrt")["trt_timing_cache_path"]));
        Assert.Equal("cache", settings.OptionsOf("openvino")["cache_dir"]);
        Assert.Empty(settings.OptionsOf("cuda"));
        Assert.True(settings.Compiles);
        Assert.False(Gpu.Compiles);
    }

    [Fact]
    public void WarmUp_TracedPlacement_CountsTheOperatorsAndLeavesNoFile()
    {
        using var model = Load(SessionSettings.Plain with { TracesPlacement = true });

        model.WarmUp();

        Assert.NotEmpty(model.Placement);
        Assert.All(model.Placement, node => Assert.Equal("CPUExecutionProvider", node.Provider));
        using var plain = Load(SessionSettings.Plain);
        plain.WarmUp();
        Assert.Empty(plain.Placement);
    }

    private LoadedModel Load(SessionSettings settings, string? config = null)
    {
        var package = OffsetModel.Write(folder.PathTo("m"), 1);
        if (config is not null)
        {
            File.WriteAllText(Path.Combine(package, "model.json"), config);
        }

        return LoadedModel.Load(new ModelPackage("m", "1", "", package, "hash"), settings);
    }
}
