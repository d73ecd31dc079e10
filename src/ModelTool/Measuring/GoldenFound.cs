namespace ModelTool.Measuring;

/// <summary>Golden cases written anew.</summary>
internal sealed record GoldenFound(int Cases);
