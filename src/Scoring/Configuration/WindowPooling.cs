namespace Scoring.Configuration;

/// <summary>How the outputs of a long text's windows become the text's own, element by element, before softmax and calibration.</summary>
public enum WindowPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The greatest of them.</summary>
    Max,
}
