using Google.Protobuf;
using ModelTool.Native;
using Scoring.Onnx;
using Scoring.Repository;

namespace ModelTool.Models;

/// <summary>Constants that lie in files beside the model.</summary>
internal static class ExternalWeights
{
    // A protobuf message holds less than 2 GiB.
    private const long MaxBytes = 2_000_000_000;

    /// <summary>Where they lie, relative to the model, each file once.</summary>
    public static IReadOnlyList<string> Files(ModelProto model) => [.. Tensors(model).Select(tensor => Entry(tensor, "location") ?? "").Distinct()];

    /// <summary>Moves them into the model.</summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="folder">Where the model lies.</param>
    /// <exception cref="RefusedException">A file is missing, lies elsewhere or is too short.</exception>
    public static void Inline(ModelProto model, string folder)
    {
        foreach (var tensor in Tensors(model))
        {
            tensor.RawData = ByteString.CopyFrom(Read(tensor, folder));
            tensor.ExternalData.Clear();
            tensor.DataLocation = TensorProto.Types.DataLocation.Default;
        }
    }

    /// <summary>The model as a file, all its constants inside.</summary>
    /// <exception cref="RefusedException">It does not fit into one.</exception>
    public static byte[] Write(ModelProto model)
    {
        var bytes = ModelFile.AllConstants(model.Graph).Sum(tensor => (long)tensor.RawData.Length);
        return bytes <= MaxBytes ? model.ToByteArray() : throw new RefusedException($"The model holds {bytes:#,0} bytes of weights; more than {MaxBytes:#,0} do not fit into one file, and this writes one.");
    }

    private static IEnumerable<TensorProto> Tensors(ModelProto model) => ModelFile.AllConstants(model.Graph).Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External);

    private static byte[] Read(TensorProto tensor, string folder)
    {
        var location = Entry(tensor, "location") ?? "";
        var path = Path.Combine(folder, location);
        if (!PackageNames.IsPath(location) || !File.Exists(path))
        {
            throw new RefusedException($"The weights '{tensor.Name}' lie in the file '{location}', which is not beside the model.");
        }

        using var file = File.OpenRead(PackageFolder.Resolve(folder, location));
        var offset = Number(tensor, "offset") ?? 0;
        var length = Number(tensor, "length") ?? file.Length - offset;
        if (offset < 0 || length < 0 || offset + length > file.Length || length > MaxBytes)
        {
            throw new RefusedException($"The weights '{tensor.Name}' are said to be {length} bytes from {offset} on in '{location}', which has {file.Length}.");
        }

        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    private static long? Number(TensorProto tensor, string key) => long.TryParse(Entry(tensor, key), out var number) ? number : null;
}
