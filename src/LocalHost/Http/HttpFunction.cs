using System.Reflection;
using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Http.Identity;
using Triggers;

namespace LocalHost.Http;

/// <summary>Serves one HTTP function: key, identity where it is asked for, call, answer. Thread safe.</summary>
internal sealed partial class HttpFunction
{
    private readonly FunctionMethod<HttpTriggerAttribute> function;
    private readonly FunctionKeys keys;
    private readonly KeyPurpose? purpose;
    private readonly CallerGate? gate;
    private readonly CallerRoles opening;
    private readonly bool asksForKey;
    private readonly ILogger logger;

    // Made by the first request, so that a start pays for no function that it does not call; made twice by two at once, it does no harm.
    private Func<object, HttpContext, Task<IResult>>? call;

    /// <exception cref="HostSettingsException">The method has a parameter or a result that this host does not serve.</exception>
    public HttpFunction(FunctionMethod<HttpTriggerAttribute> function, FunctionKeys keys, CallerGate? gate, ILogger logger)
    {
        this.function = function;
        this.keys = keys;
        purpose = (function.Method.GetCustomAttribute<PurposeAttribute>() ?? function.Class.GetCustomAttribute<PurposeAttribute>())?.Purpose;
        this.gate = gate;
        opening = gate is null ? CallerRoles.None : FunctionRights.Of(function.Method);
        asksForKey = gate is null or { AsksForKeys: true } || opening == CallerRoles.None || function.Trigger.AuthLevel != AuthorizationLevel.Function;
        this.logger = logger;
        if (function.Method.GetParameters().FirstOrDefault(parameter => !HttpArguments.CanBind(parameter)) is { } parameter)
        {
            throw new HostSettingsException([$"Function '{function.Name}' has parameter '{parameter.Name}' of type {parameter.ParameterType.Name}; expected HttpRequest, string or CancellationToken."]);
        }

        if (function.Method.ReturnType != typeof(IResult) && function.Method.ReturnType != typeof(Task<IResult>))
        {
            throw new HostSettingsException([$"Function '{function.Name}' returns {function.Method.ReturnType.Name}; expected IResult or Task<IResult>."]);
        }
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (asksForKey && !keys.Open(function.Trigger.AuthLevel, purpose, context.Request))
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

            var call = this.call ??= Compile();
            var result = await call(context.RequestServices.GetRequiredService(function.Class), context);
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

    private Func<object, HttpContext, Task<IResult>> Compile()
    {
        if (function.Method.ReturnType == typeof(Task<IResult>))
        {
            return Call<HttpContext, Task<IResult>>.To(function.Method, HttpArguments.Bind).Invoke;
        }

        var call = Call<HttpContext, IResult>.To(function.Method, HttpArguments.Bind);
        return (target, context) => Task.FromResult(call.Invoke(target, context));
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "Function '{Function}' failed")]
    private static partial void LogFailed(ILogger logger, string function, Exception exception);
}
