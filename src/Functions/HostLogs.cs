using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

/// <summary>Who sends the app's log to Application Insights.</summary>
internal static class HostLogs
{
    /// <summary>
    /// Where the app sends its log itself, without anything secret and in its traces, the host is told not to send the same lines: it would send them whole, and outside of the traces.
    /// </summary>
    public static void LeaveToTheApp(FunctionsApplicationBuilder builder)
    {
        if (builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 })
        {
            builder.Services.Configure<WorkerOptions>(worker => worker.Capabilities["WorkerApplicationInsightsLoggingEnabled"] = bool.TrueString);
        }
    }
}
