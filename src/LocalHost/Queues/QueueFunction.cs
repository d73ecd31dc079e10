using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring;

namespace LocalHost.Queues;

/// <summary>Calls one queue function, each time in a scope of its own. Thread safe.</summary>
internal sealed partial class QueueFunction
{
    private readonly FunctionMethod<QueueTriggerAttribute> function;
    private readonly IServiceProvider services;
    private readonly ILogger logger;
    private readonly Call<QueueInvocation, Task> call;

    /// <exception cref="HostSettingsException">The method has a parameter or a result that this host does not serve.</exception>
    public QueueFunction(FunctionMethod<QueueTriggerAttribute> function, IServiceProvider services, ILogger logger)
    {
        this.function = function;
        this.services = services;
        this.logger = logger;
        if (function.Method.ReturnType != typeof(Task))
        {
            throw new HostSettingsException([$"Function '{function.Name}' returns {function.Method.ReturnType.Name}; expected Task."]);
        }

        call = Call<QueueInvocation, Task>.To(function.Method, parameter => QueueInvocation.Bind(function.Name, parameter));
    }

    /// <returns>Whether the function ended well. What it threw is logged.</returns>
    public async Task<bool> InvokeAsync(QueueInvocation invocation)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await call.Invoke(scope.ServiceProvider.GetRequiredService(function.Class), invocation);
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
