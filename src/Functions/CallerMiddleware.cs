using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scoring.Http.Identity;
using Triggers;

/// <summary>Asks who calls before an HTTP function runs. It is part of the pipeline only where the settings ask for identities.</summary>
internal sealed class CallerMiddleware(CallerGate gate) : IFunctionsWorkerMiddleware
{
    private readonly FrozenDictionary<string, CallerRoles> opening = FunctionRights.ByName();

    public static void AddTo(FunctionsApplicationBuilder builder)
    {
        if (builder.Configuration.AsksForCallers())
        {
            builder.UseMiddleware<CallerMiddleware>();
            builder.Services.AddSingleton<IFunctionMetadataTransformer, KeylessFunctions>();
        }
    }

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && await RefuseAsync(context, http) is { } refusal)
        {
            context.GetInvocationResult().Value = refusal;
            return;
        }

        await next(context);
    }

    private ValueTask<IResult?> RefuseAsync(FunctionContext context, HttpContext http) =>
        gate.AdmitAsync(http, opening[context.FunctionDefinition.Name], context.BindingContext.BindingData.TryGetValue("model", out var model) ? model as string : null);
}
