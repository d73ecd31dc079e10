using System.Text.Json.Nodes;
using ModelTool.Packages;
using Scoring.Onnx;

namespace ModelTool.Pruning;

/// <summary>A way to make a model smaller by leaving something out.</summary>
internal interface IPruning
{
    /// <summary>What is left out, in the plural.</summary>
    string What { get; }

    /// <summary>True where zeros stand in place of what is left out, so that only compressed bytes become fewer.</summary>
    bool LeavesZeros { get; }

    /// <summary>Most bytes, of the original's: saving less than a tenth is not worth another model.</summary>
    double MaxBytes => 0.9;

    /// <summary>Most median latency, of the original's, where less time is what it is for.</summary>
    double MaxLatency => double.PositiveInfinity;

    /// <summary>What to do where no share is within the limits; empty where there is nothing to say.</summary>
    string Remedy => "";

    /// <summary>Leaves out a share of it.</summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="config">The package's model.json, changed in place.</param>
    /// <param name="copy">The package, whose other files may change too.</param>
    /// <param name="share">From 0 to 1.</param>
    /// <returns>How many of how many.</returns>
    (long Removed, long Of) Apply(ModelProto model, JsonObject config, PackageCopy copy, double share);
}
