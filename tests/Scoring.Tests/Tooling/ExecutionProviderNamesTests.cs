using System.Text;
using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;

namespace Scoring.Tests.Tooling;

/// <summary>The names of execution providers are those that the runtime of this package has.</summary>
public sealed class ExecutionProviderNamesTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda")]
    [InlineData("tensorrt")]
    [InlineData("openvino")]
    [InlineData("dnnl")]
    [InlineData("xnnpack")]
    [InlineData("coreml")]
    [InlineData("directml")]
    [InlineData("qnn")]
    [InlineData("webgpu")]
    public void AppendUnchecked_NamesOfTheTable_AreNotUnknownToTheRuntime(string name)
    {
        NativeRuntime.EnsureReady();
        using var options = new SessionOptions();

        // This build may lack the provider, or its call; what it must not do is not know the name.
        var failure = Record.Exception(() => ExecutionProviders.AppendUnchecked(options, name));

        Assert.DoesNotContain("Unknown provider name", failure?.Message ?? "", StringComparison.OrdinalIgnoreCase);
        Assert.True(failure is null or OnnxRuntimeException or EntryPointNotFoundException, failure?.ToString());
    }

    [Fact]
    public void NativeName_OfEachKnownName_IsSpelledSoInTheRuntime()
    {
        var library = Directory.EnumerateFiles(AppContext.BaseDirectory, "*onnxruntime*", SearchOption.AllDirectories).FirstOrDefault(path => Path.GetFileName(path) is "libonnxruntime.so" or "libonnxruntime.dylib" or "onnxruntime.dll");
        Assert.NotNull(library);
        var text = File.ReadAllBytes(library);

        Assert.All(
            (string[])["cpu", "cuda", "tensorrt", "openvino", "dnnl", "xnnpack", "coreml", "directml", "qnn", "webgpu"],
            name => Assert.True(text.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{ExecutionProviders.NativeName(name)}\0")) >= 0, name));
    }

    [Fact]
    public void AppendExecutionProvider_MadeUpName_IsUnknown()
    {
        NativeRuntime.EnsureReady();
        using var options = new SessionOptions();

        Assert.Contains("Unknown provider name", Assert.Throws<OnnxRuntimeException>(() => options.AppendExecutionProvider("Xnnpac")).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Available_OfThisBuild_AreAmongWhatTheRuntimeSays()
    {
        NativeRuntime.EnsureReady();

        Assert.Contains("cpu", ExecutionProviders.Available());
        Assert.Subset(OrtEnv.Instance().GetAvailableProviders().ToHashSet(), ExecutionProviders.Available().Select(ExecutionProviders.NativeName).ToHashSet());
    }
}
