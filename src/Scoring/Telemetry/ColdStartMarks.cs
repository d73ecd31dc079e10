using Microsoft.Extensions.Hosting;

namespace Scoring.Telemetry;

/// <summary>Marks the host's own steps on the cold-start clock.</summary>
internal sealed class ColdStartMarks(ColdStartClock clock) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Mark(ColdStartPhase.Build);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Mark(ColdStartPhase.Start);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task Mark(ColdStartPhase phase)
    {
        clock.Mark(phase);
        return Task.CompletedTask;
    }
}
