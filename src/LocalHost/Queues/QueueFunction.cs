using LocalHost.Functions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring;

namespace LocalHost.Queues;

/// <summary>Calls one queue function, each time in a scope of its own. Thread safe.</summary>
internal sealed partial class QueueFunction(QueueFunctionMethod function, IServiceProvider services, ILogger logger)
{
    /// <returns>Whether the function ended well. What it threw is logged.</returns>
    public async Task<bool> InvokeAsync(QueueInvocation invocation)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await function.Call(scope.ServiceProvider, invocation);
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(logger, function.Name, invocation.MessageId, invocation.DequeueCount, Cause.Of(exception), Cause.Trace(exception));
            return false;
        }
    }

    [LoggerMessage(EventId = 6009, Level = LogLevel.Error, Message = "Function '{Function}' failed on message {Id}, try {Try}: {Cause}")]
    private static partial void LogFailed(ILogger logger, string function, string id, long @try, string cause, Exception? exception);
}
