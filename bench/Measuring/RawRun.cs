using Microsoft.ML.OnnxRuntime;
using Scoring.Inference;

namespace Scoring.Bench.Measuring;

/// <summary>The limit: ONNX Runtime's own C# API with one binding over pinned arrays, float32 in and out, nothing else.</summary>
internal sealed class RawRun : IDisposable
{
    private readonly InferenceSession session;
    private readonly OrtIoBinding binding;
    private readonly RunOptions options = new();
    private readonly OrtValue input;
    private readonly OrtValue output;

    public RawRun(string modelPath, int rows, int inputWidth, int outputWidth)
    {
        NativeRuntime.EnsureReady();
        using var settings = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session = new InferenceSession(modelPath, settings);
        binding = session.CreateIoBinding();
        input = Tensor(rows, inputWidth);
        output = Tensor(rows, outputWidth);
        binding.BindInput(session.InputNames[0], input);
        binding.BindOutput(session.OutputNames[0], output);
    }

    public void Run() => session.RunWithBinding(options, binding);

    public void Dispose()
    {
        binding.Dispose();
        input.Dispose();
        output.Dispose();
        options.Dispose();
        session.Dispose();
    }

    private static OrtValue Tensor(int rows, int width) => OrtValue.CreateTensorValueFromMemory(
        OrtMemoryInfo.DefaultInstance, GC.AllocateArray<float>(rows * width, pinned: true).AsMemory(), [rows, width]);
}
