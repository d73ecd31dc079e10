namespace EndToEnd.Tests.Native;

/// <summary>The app as one native file.</summary>
public sealed class NativeApp() : NativeFile("LocalHost");
