using Scoring.Inference;

namespace ModelTool.Optimizing;

/// <summary>What ONNX Runtime made of a model.</summary>
/// <param name="Available">Execution providers of this build, by their short names.</param>
/// <param name="OperatorsBefore">Of the file.</param>
/// <param name="OperatorsAfter">Of the optimised graph; 0 where it could not be saved.</param>
/// <param name="Nodes">Where each operator of the loaded graph ran.</param>
internal sealed record OptimizeFound(IReadOnlyList<string> Available, int OperatorsBefore, int OperatorsAfter, IReadOnlyList<NodePlacement> Nodes);
