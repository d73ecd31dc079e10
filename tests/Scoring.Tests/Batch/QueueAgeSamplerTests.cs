using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scoring.Batch;
using Scoring.Repository;
using Scoring.Telemetry;
using TestCommon;

namespace Scoring.Tests.Batch;

public sealed class QueueAgeSamplerTests
{
    [Fact]
    public async Task Sample_WaitingMessage_RecordsItsAgeOnce()
    {
        await using var azurite = await Azurite.StartNewAsync();
        var requests = new QueueClient(azurite.ConnectionString, BatchNames.Requests);
        await requests.CreateAsync();
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        var heard = new List<(string Queue, double Seconds)>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == MetricNames.BatchQueueAge && ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => heard.Add(((string)tags[0].Value!, value)));
        listener.Start();
        var time = new FakeTimeProvider();
        using var sampler = new QueueAgeSampler(StorageConnection.OfConnectionString(azurite.ConnectionString), metrics, time, NullLogger<QueueAgeSampler>.Instance);

        await sampler.SampleAsync(CancellationToken.None);
        Assert.Empty(heard);
        await requests.SendMessageAsync("{}");
        time.SetUtcNow(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1));
        await sampler.SampleAsync(CancellationToken.None);

        // The steps' queue does not exist: it is passed over. The clock is an hour ahead; two minutes admit a slow machine.
        var (queue, seconds) = Assert.Single(heard);
        Assert.Equal(BatchNames.Requests, queue);
        Assert.InRange(seconds, 3599, 3720);
        Assert.Equal(1, (await requests.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    // What comes back after a failed try stands behind younger messages.
    [Fact]
    public async Task Sample_OldestBehindYounger_RecordsTheOldest()
    {
        await using var azurite = await Azurite.StartNewAsync();
        var requests = new QueueClient(azurite.ConnectionString, BatchNames.Requests);
        await requests.CreateAsync();
        var old = (await requests.SendMessageAsync("old")).Value;
        var taken = (await requests.ReceiveMessageAsync(TimeSpan.FromMinutes(1))).Value;
        await requests.SendMessageAsync("young");
        await requests.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        using var sampler = new QueueAgeSampler(
            StorageConnection.OfConnectionString(azurite.ConnectionString), metrics, new FakeTimeProvider(old.InsertionTime.AddHours(1)), NullLogger<QueueAgeSampler>.Instance);

        await sampler.SampleAsync(CancellationToken.None);

        Assert.Equal(TimeSpan.FromHours(1).TotalSeconds, new MetricAggregator(metrics).Collect().Single(point => point.Name == MetricNames.BatchQueueAge).Max);
    }

    // An exception out of here would stop the app's host.
    [Fact]
    public async Task Sample_StorageAway_IsPassedOver()
    {
        await using var azurite = await Azurite.StartNewAsync();
        await azurite.StopAsync();
        using var metrics = new ScoringMetrics(new ColdStartClock(TimeProvider.System), TimeProvider.System);
        using var sampler = new QueueAgeSampler(
            StorageConnection.OfConnectionString(azurite.ConnectionString), metrics, TimeProvider.System, NullLogger<QueueAgeSampler>.Instance);

        await sampler.SampleAsync(CancellationToken.None);
    }
}
