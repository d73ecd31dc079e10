using LocalHost.Functions;
using LocalHost.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalHost.Queues;

/// <summary>
/// Runs a listener for each queue function, from the moment the app answers requests until it stops. At the stop the listeners take no
/// more messages at once; what runs by then may go on for the grace, and is cancelled after it.
/// </summary>
internal sealed partial class QueueListeners(IReadOnlyList<QueueFunctionMethod> functions, IServiceProvider services) : IHostedService, IDisposable
{
    private const string PoisonSuffix = "-poison";

    // For a cancelled invocation to end and its message to be given back.
    private static readonly TimeSpan CancelledInvocations = TimeSpan.FromSeconds(5);

    private readonly HostSettings settings = services.GetRequiredService<HostSettings>();
    private readonly TimeProvider time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    private readonly ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("LocalHost.Queues");
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource cancelled = new();
    private Task listeners = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStarted.Register(() => listeners = Task.Run(() => Task.WhenAll(functions.Select(ListenAsync)), CancellationToken.None));
        lifetime.ApplicationStopping.Register(stopping.Cancel);
        return Task.CompletedTask;
    }

    /// <param name="cancellationToken">Fires when the grace is over.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await listeners.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await cancelled.CancelAsync();
        await Task.WhenAny(listeners, Task.Delay(CancelledInvocations, time, CancellationToken.None));
    }

    public void Dispose()
    {
        stopping.Dispose();
        cancelled.Dispose();
    }

    private async Task ListenAsync(QueueFunctionMethod function)
    {
        try
        {
            var trigger = function.Trigger;
            var answers = new XmlCharacterPolicy(logger);
            var account = QueueConnection.Connect(services.GetRequiredService<IConfiguration>(), trigger.Connection, answers);
            var queue = account.GetQueueClient(trigger.QueueName);
            var isPoison = trigger.QueueName.EndsWith(PoisonSuffix, StringComparison.Ordinal);
            var poison = isPoison ? null : account.GetQueueClient(trigger.QueueName + PoisonSuffix);
            var processor = new MessageProcessor(queue, poison, settings.Queues, new(function, services, logger), time, logger);
            await new QueueListener(queue, answers, settings.Queues, processor, time, logger).RunAsync(stopping.Token, cancelled.Token);
        }
        catch (Exception exception)
        {
            // As on Azure's host the other functions go on.
            LogNotListening(logger, function.Name, exception.Message);
        }
    }

    [LoggerMessage(EventId = 6012, Level = LogLevel.Error, Message = "Function '{Function}' listens to no queue: {Reason}")]
    private static partial void LogNotListening(ILogger logger, string function, string reason);
}
