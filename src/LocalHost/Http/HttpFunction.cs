using LocalHost.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Scoring.Http;
using Scoring.Http.Identity;
using Triggers;

namespace LocalHost.Http;

/// <summary>Serves one HTTP function: key, identity where it is asked for, call, answer. Thread safe.</summary>
internal sealed partial class HttpFunction(HttpFunctionMethod function, FunctionKeys keys, CallerGate? gate, FaultLog faults, ILogger logger)
{
    private readonly CallerRoles opening = gate is null ? CallerRoles.None : FunctionRights.Of(function.Purpose);

    private bool AsksForKey => gate is null or { AsksForKeys: true } || opening == CallerRoles.None || function.Trigger.AuthLevel != AuthorizationLevel.Function;

    public async Task InvokeAsync(HttpContext context)
    {
        if (AsksForKey && !keys.Open(function.Trigger.AuthLevel, function.Purpose?.Purpose, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            if (gate is not null && await gate.AdmitAsync(context, opening, context.Request.RouteValues["model"] as string) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }

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
            if (faults.IsFirst($"Function '{function.Name}', {exception.GetType().Name}"))
            {
                LogFailed(logger, function.Name, exception);
            }

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
