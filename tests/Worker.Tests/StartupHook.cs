using System.Runtime.ExceptionServices;

/// <summary>
/// Runs within the published app, before its first statement, where <c>DOTNET_STARTUP_HOOKS</c> names this assembly: writes each exception that is thrown to the file
/// <c>THROWN_TO</c>, caught ones too. The runtime asks for this name and for no namespace.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        var file = Environment.GetEnvironmentVariable("THROWN_TO")!;
        AppDomain.CurrentDomain.FirstChanceException += (_, thrown) => Write(file, thrown);
    }

    private static void Write(string file, FirstChanceExceptionEventArgs thrown)
    {
        lock (typeof(StartupHook))
        {
            File.AppendAllText(file, $"{thrown.Exception.GetType()}: {thrown.Exception.Message.ReplaceLineEndings(" ")} {Environment.StackTrace.ReplaceLineEndings(" ")}{Environment.NewLine}");
        }
    }
}
