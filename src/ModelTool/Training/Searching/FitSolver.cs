namespace ModelTool.Training.Searching;

/// <summary>What fits a model.</summary>
internal enum FitSolver
{
    /// <summary>A regression with a pull of its weights towards zero, to its minimum.</summary>
    Regression,

    /// <summary>The same model, text by text, with terms left out at random.</summary>
    Dropout,

    /// <summary>Networks over the mean of word embeddings.</summary>
    Network,
}
