using System.Buffers;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Inference.Buffers;
using Scoring.Protocol;
using Scoring.Protocol.OpenInference;
using Scoring.Repository;
using Scoring.Serving;
using TestCommon.OpenInference;

namespace Scoring.Tests.Protocol.OpenInference;

/// <summary>A model loaded from a folder and asked by the Open Inference Protocol, without a transport.</summary>
internal sealed class Inferred : IDisposable
{
    private Inferred(LoadedModel model) => Model = model;

    public LoadedModel Model { get; }

    public static Inferred Load(string folder, string name = "model")
        => new(LoadedModel.Load(new ModelPackage(name, "1", new string('0', 64), folder, folder), SessionSettings.Plain));

    public InferMessage Infer(InferMessage request) => Infer(request.Body, request.HeaderLength);

    public InferMessage Infer(string json) => Infer(System.Text.Encoding.UTF8.GetBytes(json), null);

    public ScoringException Refused(string json) => Assert.Throws<ScoringException>(() => Infer(json));

    public ScoringException Refused(InferMessage request) => Assert.Throws<ScoringException>(() => Infer(request));

    public InferMessage Infer(byte[] body, int? headerLength)
    {
        using var memory = TensorMemory.Rent(body.Length, headerLength ?? 0);
        body.CopyTo(memory.Span);
        using var request = headerLength is { } length ? InferRequest.Read(Model, memory, length) : InferRequest.Read(Model, body);
        using var response = request.Run();
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, ScoreResponse.WriterOptions);
        response.WriteJson(writer);
        var json = buffer.WrittenCount;
        while (response.TryWriteBinary(buffer))
        {
            // Until nothing is left.
        }

        Assert.Equal(json + response.BinaryBytes, buffer.WrittenCount);
        return new InferMessage(buffer.WrittenSpan.ToArray(), response.HasBinary ? json : null);
    }

    public void Dispose() => Model.Dispose();
}
