using System.Buffers;
using System.Text.Json;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Bench.Measuring;

/// <summary>Requests of one text each to a model, bytes to bytes and in process.</summary>
internal sealed class TextRequest(LoadedModel model, IEnumerable<string> texts) : IDisposable
{
    private readonly byte[][] bodies = [.. texts.Select(text => JsonSerializer.SerializeToUtf8Bytes(new { instances = new[] { text } }))];
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer = new(Stream.Null, ScoreResponse.WriterOptions);

    /// <summary>One request for each text.</summary>
    public void Run()
    {
        foreach (var body in bodies)
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            using var batch = model.RentBatch();
            var parameters = ScoreRequest.Read(body, batch, maxInstances: 1);
            batch.Run(CancellationToken.None);
            ScoreResponse.Write(writer, batch, parameters);
        }
    }

    public void Dispose() => writer.Dispose();
}
