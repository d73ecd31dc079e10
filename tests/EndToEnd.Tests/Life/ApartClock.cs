using System.Diagnostics;
using System.Globalization;
using TestCommon;

namespace EndToEnd.Tests.Life;

/// <summary>
/// A library that is loaded before all others into a process, and has the clock of the day go ahead there by as many seconds as its environment says. Other clocks are left alone. The process takes itself
/// for one on a machine of its own, since processes of one machine have one clock.
/// </summary>
internal sealed class ApartClock : IDisposable
{
    private const string Seconds = "APART_CLOCK_SECONDS";
    private const string Machine = "APART_CLOCK_MACHINE";

    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/time.h>
        #include <time.h>

        static long ahead(void) { const char *seconds = getenv("APART_CLOCK_SECONDS"); return seconds ? atol(seconds) : 0; }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, now);
            if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead();
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone)
        {
            static int (*real)(struct timeval *, void *);
            if (!real) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
            int result = real(now, zone);
            if (result == 0) now->tv_sec += ahead();
            return result;
        }

        int gethostname(char *name, size_t length)
        {
            const char *machine = getenv("APART_CLOCK_MACHINE");
            snprintf(name, length, "ahead-%ld%s", ahead(), machine ? machine : "");
            return 0;
        }
        """;

    private readonly TemporaryFolder folder = new();

    public ApartClock()
    {
        var source = folder.PathTo("apart.c");
        File.WriteAllText(source, Source);
        using var compiling = Process.Start(Compiler!, ["-shared", "-fPIC", "-O1", "-o", Library, source, "-ldl"]);
        compiling.WaitForExit();
        Assert.Equal(0, compiling.ExitCode);
    }

    /// <summary>The path of the compiler; null where there is none.</summary>
    public static string? Compiler { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(path => Path.Combine(path, "cc")).FirstOrDefault(File.Exists);

    private string Library => folder.PathTo("apart.so");

    /// <summary>What a process is to be told whose clock goes ahead.</summary>
    public (string Name, string Value)[] Ahead(int seconds) => [("LD_PRELOAD", Library), (Seconds, seconds.ToString(CultureInfo.InvariantCulture))];

    /// <summary>What a process is to be told that is on a machine of its own, whose clock is right.</summary>
    public (string Name, string Value)[] Apart(int machine) => [.. Ahead(0), (Machine, $"-machine-{machine.ToString(CultureInfo.InvariantCulture)}")];

    public void Dispose() => folder.Dispose();
}
