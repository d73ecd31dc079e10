namespace Scoring.Bench;

/// <summary>Writes the encoder of ten million parameters where the model tool can be tried on it.</summary>
internal sealed class EncoderFile : IBenchmark
{
    public string Name => "encoder";

    public string Summary => "writes bench/encoder.onnx, ten million random parameters in BERT's shape, to try the model tool on";

    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Rounds.Checkout(), "bench", "encoder.onnx");
        await File.WriteAllBytesAsync(path, EncoderModel.TenMillion.ToOnnx(), cancellationToken);
        await output.WriteLineAsync($"Wrote {path}. Try: ./dev model quantize bench/encoder.onnx --sequence 128");
    }
}
