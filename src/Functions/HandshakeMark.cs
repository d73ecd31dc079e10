using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Telemetry;

/// <summary>Tells the cold start's clock when Azure's host was given the list of functions, after which it loads them and sends requests.</summary>
internal sealed class HandshakeMark(IFunctionMetadataManager functions, ColdStartClock coldStart) : IFunctionMetadataManager
{
    /// <summary>Puts the mark around whatever the worker has for its list of functions.</summary>
    public static void Add(FunctionsApplicationBuilder builder)
    {
        var own = builder.Services.Last(service => service.ServiceType == typeof(IFunctionMetadataManager)).ImplementationType!;
        builder.Services.AddSingleton<IFunctionMetadataManager>(services => new HandshakeMark(
            (IFunctionMetadataManager)ActivatorUtilities.CreateInstance(services, own), services.GetRequiredService<ColdStartClock>()));
    }

    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var all = await functions.GetFunctionMetadataAsync(directory);
        coldStart.Mark(ColdStartPhase.Handshake);
        return all;
    }
}
