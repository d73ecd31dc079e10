using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LocalHost.Hosting;

/// <summary>Ends the process with what its user can mend, in plain sentences, instead of a stack trace.</summary>
internal static class StartFaults
{
    private const int Failed = 1;

    public static void EndPlainly() => AppDomain.CurrentDomain.UnhandledException += (_, arguments) =>
    {
        if (Explain(arguments.ExceptionObject) is { } sentences)
        {
            foreach (var sentence in sentences)
            {
                Console.Error.WriteLine(sentence);
            }

            Environment.Exit(Failed);
        }
    };

    private static IEnumerable<string>? Explain(object exception) => exception switch
    {
        HostSettingsException settings => [settings.Message],
        OptionsValidationException options => options.Failures,
        IOException { InnerException: AddressInUseException } address => [address.Message],
        _ => null,
    };
}
