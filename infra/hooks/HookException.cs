namespace Hooks;

/// <summary>A hook cannot go on; the message says why, and what to do, in a sentence for whoever deploys.</summary>
internal sealed class HookException(string message) : Exception(message);
