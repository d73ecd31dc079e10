using LocalHost.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LocalHost.Http;

/// <summary>Serves one HTTP function: key, call, answer. Thread safe.</summary>
internal sealed partial class HttpFunction(HttpFunctionMethod function, FunctionKeys keys, ILogger logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!keys.Open(function.Trigger.AuthLevel, function.Purpose, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            var result = await function.Call(context);
            await result.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            Answer(context, exception.StatusCode);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFailed(logger, function.Name, exception);
            Answer(context, StatusCodes.Status500InternalServerError);
        }
    }

    private static void Answer(HttpContext context, int status)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "Function '{Function}' failed")]
    private static partial void LogFailed(ILogger logger, string function, Exception exception);
}
