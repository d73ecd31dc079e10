using System.Text.Json.Serialization;
using Scoring.Configuration;
using Scoring.Inference;

namespace ModelTool.Tuning;

/// <summary>One way to serve a model.</summary>
/// <param name="Threads">Of one run.</param>
/// <param name="Optimization">Of the graph at load.</param>
/// <param name="Spinning">Whether idle threads wait busily.</param>
/// <param name="Rows">Rows of a run: what the batch limit would be.</param>
/// <param name="Int8">Whether the model is the quantized one.</param>
internal sealed record TuneSetting(int Threads, GraphOptimization Optimization, bool Spinning, int Rows, bool Int8)
{
    /// <summary>What must be loaded anew to change it: all but the rows.</summary>
    [JsonIgnore]
    public TuneSetting Session => this with { Rows = 0 };

    public override string ToString() =>
        $"{Threads} thread{(Threads == 1 ? "" : "s")}, {Optimization.ToString().ToLowerInvariant()}{(Spinning ? ", spinning" : "")}{(Int8 ? ", INT8" : "")}{(Rows == 0 ? "" : $", {Rows} row{(Rows == 1 ? "" : "s")}")}";
}
