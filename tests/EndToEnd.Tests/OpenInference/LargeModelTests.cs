using System.Runtime.InteropServices;
using Scoring.Onnx;
using TestCommon;
using TestCommon.OpenInference;
using Xunit.Abstractions;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace EndToEnd.Tests.OpenInference;

/// <summary>A model of more than 2 GiB, which one file of the ONNX format cannot hold: its weights are a file of their own.</summary>
public sealed class LargeModelTests(ITestOutputHelper output)
{
    private const int Width = 500;
    private const int Rows = 1_200_000;
    private const long Bytes = (long)Rows * Width * sizeof(float);

    [SpaceFact(memoryGiB: 8, diskGiB: 8)]
    [Trait("Category", "Proof")]
    public async Task Infer_MoreThanTwoGiBOfExternalWeights_AnswersFromTheirEnd()
    {
        using var folder = new TemporaryFolder();
        var version = folder.PathTo("models", "large", "1");
        Write(version);
        await using var app = await RunningApp.StartAsync(("Scoring__Repository", folder.PathTo("models")), ("Scoring__Probe", "Always"), ("Scoring__ProbeTimeout", "00:05:00"));

        var answer = await app.InferredAsync("large", InferMessage.Json([TestTensor.Of<long>("i", "INT64", [2], Rows - 1, 0)]));

        var row = MemoryMarshal.Cast<byte, float>(answer[0].Data);
        Assert.Equal((2 * Width, 7f, 0f), (row.Length, row[Width - 1], row[^1]));
        output.WriteLine($"A model with {Bytes / 1e9:F1} GB of weights outside its file was probed, loaded and answered from their end.");
    }

    // All zeros but the last, and a file of nothing but zeros takes no disk.
    private static void Write(string folder)
    {
        var weights = new TensorProto { Name = "w", DataType = (int)DataType.Float, DataLocation = TensorProto.Types.DataLocation.External };
        weights.Dims.AddRange([Rows, Width]);
        weights.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        weights.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{Bytes}" });
        new GraphBuilder().Input("i", DataType.Int64, "n").Initializer(weights).Node("Gather", ["w", "i"], ["y"]).Output("y", DataType.Float, "n", Width).Save(folder);
        using var file = File.Create(Path.Combine(folder, "weights.bin"));
        file.SetLength(Bytes);
        file.Position = Bytes - sizeof(float);
        file.Write(BitConverter.GetBytes(7f));
    }
}
