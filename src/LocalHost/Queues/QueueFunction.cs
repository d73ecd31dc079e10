using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LocalHost.Queues;

/// <summary>Calls one queue function, each time in a scope of its own. Thread safe.</summary>
internal sealed partial class QueueFunction
{
    private readonly FunctionMethod<QueueTriggerAttribute> _function;
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly Call<QueueInvocation, Task> _call;

    /// <exception cref="HostSettingsException">The method has a parameter or a result that this host does not serve.</exception>
    public QueueFunction(FunctionMethod<QueueTriggerAttribute> function, IServiceProvider services, ILogger logger)
    {
        _function = function;
        _services = services;
        _logger = logger;
        if (function.Method.ReturnType != typeof(Task))
        {
            throw new HostSettingsException([$"Function '{function.Name}' returns {function.Method.ReturnType.Name}; expected Task."]);
        }

        _call = Call<QueueInvocation, Task>.To(function.Method, parameter => QueueInvocation.Bind(function.Name, parameter));
    }

    /// <returns>Whether the function ended well. What it threw is logged.</returns>
    public async Task<bool> InvokeAsync(QueueInvocation invocation)
    {
        try
        {
            await using var scope = _services.CreateAsyncScope();
            await _call.Invoke(scope.ServiceProvider.GetRequiredService(_function.Class), invocation);
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(_logger, _function.Name, invocation.MessageId, invocation.DequeueCount, exception);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function '{Function}' failed on message {Id}, try {Try}")]
    private static partial void LogFailed(ILogger logger, string function, string id, long @try, Exception exception);
}
