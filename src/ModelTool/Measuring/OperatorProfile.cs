using System.Text.Json;
using ModelTool.Data;
using ModelTool.Models;
using Scoring.Inference;
using Scoring.Serving;

namespace ModelTool.Measuring;

/// <summary>Where the time of a run goes, by ONNX Runtime's own profile.</summary>
internal static class OperatorProfile
{
    private const int Runs = 20;

    private static readonly string[] MatrixProducts = ["MatMul", "Gemm", "FusedMatMul", "FusedGemm", "Attention", "MultiHeadAttention", "LSTM", "GRU"];

    /// <summary>Share of the operators' time that matrix products take; 0 where no operator took a microsecond.</summary>
    public static double MatrixShare(string folder, Instances instances)
    {
        var temporary = Directory.CreateTempSubdirectory("model-tool-");
        try
        {
            using (var model = LoadedModel.Load(ModelTarget.Package(folder), SessionSettings.Plain with { ProfilePath = Path.Combine(temporary.FullName, "profile") }))
            {
                using var batch = model.RentBatch();
                instances.Fill(batch, 1);
                for (var run = 0; run < Runs; run++)
                {
                    batch.Run(CancellationToken.None);
                }
            }

            using var profile = JsonDocument.Parse(File.ReadAllBytes(temporary.EnumerateFiles("profile*.json").Single().FullName));
            var kernels = profile.RootElement.EnumerateArray()
                .Where(entry => entry.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
                .GroupBy(entry => entry.GetProperty("name").GetString())
                .Select(runs => (Operator: runs.First().GetProperty("args").GetProperty("op_name").GetString(), Microseconds: Middle([.. runs.Select(entry => entry.GetProperty("dur").GetDouble())])))
                .ToList();
            var all = kernels.Sum(kernel => kernel.Microseconds);
            return all > 0 ? kernels.Where(kernel => MatrixProducts.Contains(kernel.Operator)).Sum(kernel => kernel.Microseconds) / all : 0;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    // One interruption by the system outweighs all of a small operator's work.
    private static double Middle(double[] times) => times.Order().ElementAt(times.Length / 2);
}
