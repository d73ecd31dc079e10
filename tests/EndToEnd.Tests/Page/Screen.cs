using Microsoft.Playwright;

namespace EndToEnd.Tests.Page;

/// <summary>A viewport in CSS pixels, and what its user prefers.</summary>
public sealed record Screen(int Width, int Height, ColorScheme Scheme)
{
    public static readonly Screen Desktop = new(1280, 800, ColorScheme.Light);
    public static readonly Screen Phone = new(390, 844, ColorScheme.Dark);
}
