namespace Scoring.Tests.Batch;

/// <summary>Stands for the end of a process.</summary>
public sealed class CrashException() : Exception("The process has ended.");
