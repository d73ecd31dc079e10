using Scoring.Inference;

namespace Scoring.Protocol.OpenInference;

/// <summary>What a tensor of a request is to the model.</summary>
/// <param name="Input">Index of the model's input.</param>
/// <param name="Part">Which part of that input it is.</param>
/// <param name="Item">Index of the item, for <see cref="TensorRole.Item"/>.</param>
/// <param name="Spec">What the tensor must look like.</param>
internal readonly record struct InputSlot(int Input, TensorRole Part, int Item, ValueSpec Spec);
