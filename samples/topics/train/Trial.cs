namespace Samples.Topics;

/// <summary>Settings that were tried.</summary>
/// <param name="Settings">What was tried.</param>
/// <param name="Accuracy">Share of texts put right, each by a model that did not see its source package.</param>
/// <param name="Bytes">Embeddings and vocabulary.</param>
public sealed record Trial(TopicSettings Settings, double Accuracy, long Bytes);
