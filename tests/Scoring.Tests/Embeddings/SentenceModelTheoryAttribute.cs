using Scoring.Bench.Measuring;

namespace Scoring.Tests.Embeddings;

/// <summary>A theory about real sentence encoders; skipped, saying why, where their packages are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SentenceModelTheoryAttribute : TheoryAttribute
{
    public SentenceModelTheoryAttribute() => Skip = Array.Find([SentenceModel.MiniLm, SentenceModel.Arctic], name => !File.Exists(SentenceModel.Assembly(name))) is { } missing
        ? $"The package SentenceTransformers.{missing} is not at {SentenceModel.Assembly(missing)}."
        : null;
}
