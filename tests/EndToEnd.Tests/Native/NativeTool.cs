namespace EndToEnd.Tests.Native;

/// <summary>The model tool as one native file.</summary>
public sealed class NativeTool() : NativeFile("model", "--tool");
