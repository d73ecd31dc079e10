namespace Scoring.Configuration;

/// <summary>How far ONNX Runtime rewrites a graph when it loads it.</summary>
public enum GraphOptimization
{
    /// <summary>All that it knows, layouts for this processor included. The default.</summary>
    All,

    /// <summary>What holds on every processor, operators of its own among it.</summary>
    Extended,

    /// <summary>What standard operators express: constants folded, nodes without effect removed.</summary>
    Basic,

    /// <summary>Nothing: for a graph that was optimised before it was saved, which then loads faster.</summary>
    None,
}
