namespace ModelTool.Training.Fitting;

/// <summary>What a run of <see cref="EmbeddingNetwork"/> is free to choose.</summary>
public record NetworkSettings
{
    /// <summary>Networks that are trained apart, each with embeddings of its own, and whose scores are averaged.</summary>
    public int Members { get; init; } = 4;

    /// <summary>Length of a member's embeddings; a multiple of 8.</summary>
    public int Width { get; init; } = 16;

    /// <summary>First step size of Adagrad; it falls linearly to zero.</summary>
    public float Rate { get; init; } = 0.1f;

    /// <summary>Units of a member's hidden layer; a multiple of 8.</summary>
    public int Hidden { get; init; } = 32;

    public int Epochs { get; init; } = 20;

    /// <summary>Chance that a token is left out of a training step, so that no text hangs on a single word.</summary>
    public double TokenDropout { get; init; } = 0.5;

    /// <summary>Share of the training steps that see no token at all, so that a text without a known word gets the labels' frequencies.</summary>
    public double EmptyShare { get; init; } = 0.01;

    /// <summary>Pull of every weight towards zero, at each step that touches it.</summary>
    public float Decay { get; init; } = 1e-4f;

    /// <summary>Tokens of a text that count.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>Seed of the members' first weights and of the order of the texts.</summary>
    public ulong Seed { get; init; } = 1;
}
