namespace EndToEnd.Tests.Life;

/// <summary>A test that needs a C compiler, and Linux, to set a process's clock apart. Skipped, and said so, where there is none.</summary>
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || ApartClock.Compiler is null)
        {
            Skip = "There is no C compiler (cc) here, which this test builds a library with that sets a process's clock apart.";
        }
    }
}
