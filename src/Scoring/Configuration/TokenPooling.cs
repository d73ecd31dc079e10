namespace Scoring.Configuration;

/// <summary>How the vectors of a text's tokens become one. Padding never counts.</summary>
public enum TokenPooling
{
    /// <summary>Not at all: the model's output is one vector a row.</summary>
    None,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The first of them, such as that of <c>[CLS]</c>.</summary>
    Cls,

    /// <summary>The last of them.</summary>
    Last,

    /// <summary>The greatest of them, element by element.</summary>
    Max,
}
