namespace Scoring.Serving.Isolation;

/// <summary>What a message asks of the process of a model, and how that answers.</summary>
internal enum FrameKind : byte
{
    /// <summary>Asks for the model's inputs and outputs.</summary>
    Describe,

    /// <summary>Asks for a run.</summary>
    Run,

    /// <summary>What was asked for.</summary>
    Answer,

    /// <summary>ONNX Runtime's reason for a run that failed.</summary>
    Refusal,

    /// <summary>Why the process could not even run the model.</summary>
    Fault,
}
