using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelTool.Models;
using Scoring.Inference;
using Scoring.Onnx;
using Scoring.Repository;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace ModelTool.Packages;

/// <summary>
/// Moves a model's large weights out of its file into <see cref="ModelSession.MappedFile"/>. ONNX Runtime holds a weight of the model's file twice while it loads and
/// repacks it; there it is used where it is mapped.
/// </summary>
internal static class MappedWeights
{
    /// <summary>Weights of more bytes are moved.</summary>
    public const long MaxInside = 64L << 20;

    // What a mapped file's parts must begin at: a multiple of the largest page, as ONNX asks.
    private const int Alignment = 64 << 10;

    /// <summary>A copy of the package with its large weights outside; null where there are none.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="maxInside">Bytes of a weight that stays.</param>
    public static PackageCopy? Move(string folder, long maxInside = MaxInside)
    {
        var path = Path.Combine(folder, ModelPackage.ModelFile);
        if (!File.Exists(path) || File.Exists(Path.Combine(folder, ModelSession.MappedFile)) || new FileInfo(path).Length <= maxInside)
        {
            return null;
        }

        var model = ModelFile.Read(path);
        var large = model.Graph.Initializer.Where(tensor => tensor.DataLocation != TensorProto.Types.DataLocation.External && Length(tensor) > maxInside).ToList();
        if (large.Count == 0)
        {
            return null;
        }

        var copy = PackageCopy.Temporary(folder, _ => { });
        try
        {
            using (var data = File.Create(Path.Combine(copy.Folder, ModelSession.MappedFile)))
            {
                foreach (var tensor in large)
                {
                    Move(tensor, data);
                }
            }

            using var content = File.Create(Path.Combine(copy.Folder, ModelPackage.ModelFile));
            model.WriteTo(content);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static void Move(TensorProto tensor, FileStream data)
    {
        data.Position = (data.Length + Alignment - 1) / Alignment * Alignment;
        var offset = data.Position;
        data.Write(tensor.RawData.IsEmpty ? MemoryMarshal.AsBytes(tensor.FloatData.ToArray().AsSpan()) : tensor.RawData.Span);
        tensor.ExternalData.Add(Entry("location", ModelSession.MappedFile));
        tensor.ExternalData.Add(Entry("offset", offset.ToString(CultureInfo.InvariantCulture)));
        tensor.ExternalData.Add(Entry("length", (data.Position - offset).ToString(CultureInfo.InvariantCulture)));
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ClearRawData();
        tensor.FloatData.Clear();
    }

    // Weights as exporters write them; texts and numbers spelt one by one stay.
    private static long Length(TensorProto tensor) => !tensor.RawData.IsEmpty ? tensor.RawData.Length
        : tensor.DataType == (int)DataType.Float ? (long)tensor.FloatData.Count * sizeof(float) : 0;

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
