using System.Buffers;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Scoring.Serving;

namespace Scoring.Protocol.OpenInference;

/// <summary>The answer to an inference request, its tensors still native. Dispose it once it is sent.</summary>
public sealed class InferResponse : IDisposable
{
    private const int ChunkBytes = 64 << 10;

    private readonly List<OutputTensor> tensors = [];
    private readonly string model;
    private readonly string version;
    private readonly string? id;
    private int tensor;
    private int value;
    private int offset;

    private InferResponse(LoadedModel model, string? id)
    {
        this.model = model.Package.Name;
        version = model.Package.Version;
        this.id = id;
    }

    /// <summary>True when bytes follow the JSON.</summary>
    public bool HasBinary => tensors.Exists(tensor => tensor.IsBinary);

    /// <summary>How many bytes follow the JSON.</summary>
    public long BinaryBytes => tensors.Sum(tensor => tensor.IsBinary ? tensor.BinaryBytes : 0);

    /// <summary>Bytes of the JSON, at least.</summary>
    public double LeastJsonBytes => tensors.Sum(tensor => tensor.IsBinary ? 0 : tensor.LeastBytes);

    /// <summary>Refuses an answer that would have more bytes.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>.</exception>
    public void RequireAtMost(long maxBytes) => AnswerSize.Require(tensors.Sum(tensor => tensor.LeastBytes), maxBytes);

    /// <summary>Writes the JSON and flushes the writer.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", model);
        writer.WriteString("model_version", version);
        if (id is not null)
        {
            writer.WriteString("id", id);
        }

        writer.WriteStartArray("outputs");
        foreach (var output in tensors)
        {
            output.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>Writes the next part of the bytes that follow the JSON; false once there is nothing more.</summary>
    public bool TryWriteBinary(IBufferWriter<byte> writer)
    {
        while (tensor < tensors.Count)
        {
            var current = tensors[tensor];
            if (!current.IsBinary || value == current.Values.Count)
            {
                tensor++;
                value = 0;
            }
            else if (current.IsText)
            {
                current.WriteTexts(writer);
                value = current.Values.Count;
                return true;
            }
            else if (TryWriteChunk(current.Values[value], writer))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => tensors.ForEach(output => output.Dispose());

    internal static InferResponse Create(LoadedModel model, InferRequest request, int[] outputs, IDisposableReadOnlyCollection<OrtValue> results)
    {
        var response = new InferResponse(model, request.Id);
        var isTaken = new bool[results.Count];
        try
        {
            foreach (var wanted in request.Outputs)
            {
                var result = Array.IndexOf(outputs, wanted.Output);
                var spec = InferSignature.Of(model).Outputs[wanted.Output];
                if (wanted.Classes is { } classes)
                {
                    response.tensors.Add(Classification.Of(results[result], wanted, classes, Classification.Labels(model, spec)));
                    continue;
                }

                response.tensors.AddRange(ValueParts.Take(results[result], spec, wanted));
                isTaken[result] |= spec.Kind == Inference.ValueKind.Tensor;
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
        finally
        {
            for (var index = 0; index < isTaken.Length; index++)
            {
                if (!isTaken[index])
                {
                    results[index].Dispose();
                }
            }
        }
    }

    private bool TryWriteChunk(OrtValue source, IBufferWriter<byte> writer)
    {
        var bytes = source.GetTensorMutableRawData()[offset..];
        var length = Math.Min(bytes.Length, ChunkBytes);
        if (length == 0)
        {
            value++;
            offset = 0;
            return false;
        }

        writer.Write(bytes[..length]);
        offset += length;
        return true;
    }
}
