namespace ModelTool.Native;

/// <summary>A model is refused: it is none, the runtime does not take it, or a native step died of it or did not end. The message names the input and what was done with it.</summary>
internal sealed class RefusedException(string message, Exception? innerException = null) : IOException(message, innerException);
