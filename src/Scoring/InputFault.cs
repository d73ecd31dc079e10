namespace Scoring;

/// <summary>One thing wrong with an input.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the request body, such as <c>/instances/3/Month</c>.</param>
/// <param name="Detail">What was found and what was expected.</param>
public readonly record struct InputFault(string Pointer, string Detail);
