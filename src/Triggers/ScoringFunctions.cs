using Microsoft.Extensions.Hosting;
using Scoring;
using Scoring.Batch;
using Scoring.Http;
using Scoring.Http.Identity;

namespace Triggers;

/// <summary>Registers what the functions of this library call, under whichever host runs them.</summary>
public static class ScoringFunctions
{
    /// <summary>Adds the engine and its endpoints. Options are validated at start.</summary>
    /// <param name="builder">The host's builder; its configuration holds the section <c>Scoring</c> and the connection <c>Storage</c>.</param>
    /// <returns>The same builder.</returns>
    public static IHostApplicationBuilder AddScoringFunctions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoring(builder.Configuration).AddScoringJobs(builder.Configuration).AddScoringHttp().AddCallers(builder.Configuration);
        return builder;
    }
}
