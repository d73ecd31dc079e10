using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Onnx;
using TestCommon;

namespace Scoring.Tests.Tooling;

/// <summary>The sample model, and the same with its logits multiplied: as sure of its mistakes as of the rest.</summary>
internal static class IntentPackages
{
    public static string Original { get; } = Checkout.PathTo("samples", "intent", "package");

    public static string Sessions { get; } = Checkout.SharedPathTo("data/online_shoppers_intention.csv");

    public static string WriteOverconfident(string folder, float factor)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Original, "model.json"), Path.Combine(folder, "model.json"));
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Original, "model.onnx")));
        foreach (var tensor in model.Graph.Initializer)
        {
            var scaled = Array.ConvertAll(MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray(), value => value * factor);
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(scaled.AsSpan()));
        }

        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToByteArray());
        return folder;
    }
}
