namespace Scoring.Serving;

/// <summary>Who asks for a native run; where both wait, they take turns.</summary>
public enum RunKind
{
    /// <summary>An HTTP request.</summary>
    Request,

    /// <summary>A chunk of a queue job.</summary>
    Chunk,
}
