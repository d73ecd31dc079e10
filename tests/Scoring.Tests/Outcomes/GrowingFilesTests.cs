using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Scoring.Outcomes;
using Scoring.Outcomes.Counts;

namespace Scoring.Tests.Outcomes;

/// <summary>When counts are written, in virtual time.</summary>
public sealed class GrowingFilesTests : IDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Store store = new();
    private readonly GrowingFiles files;

    public GrowingFilesTests() => files = new GrowingFiles(time, NullLogger<GrowingFiles>.Instance);

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task Start_FileThatGrows_IsWrittenEachMinuteInWhichItGrew()
    {
        await files.StartAsync(CancellationToken.None);
        var file = new Counted();
        files.Add(store, file);

        for (var round = 1; round <= 3; round++)
        {
            file.Count++;
            while (store.Writes < round)
            {
                time.Advance(GrowingFiles.Every);
                await Task.Delay(1);
            }
        }

        Assert.Equal(["1", "2", "3"], store.Written);
        await files.StoppedAsync(CancellationToken.None);
        Assert.Equal(3, store.Writes);
    }

    [Fact]
    public async Task Write_StorageAway_ThrowsNothingAndTriesAgain()
    {
        files.Add(store, new Counted { Count = 7 });
        store.IsAway = true;
        await files.WriteAsync(CancellationToken.None);
        store.IsAway = false;

        await files.WriteAsync(CancellationToken.None);
        await files.WriteAsync(CancellationToken.None);

        Assert.Equal(["7"], store.Written);
    }

    [Fact]
    public async Task Stopped_WhatGrewSince_IsWrittenAndNothingAfter()
    {
        await files.StartAsync(CancellationToken.None);
        var file = new Counted { Count = 1 };
        files.Add(store, file);

        await files.StoppedAsync(CancellationToken.None);
        file.Count++;
        time.Advance(10 * GrowingFiles.Every);

        Assert.Equal(["1"], store.Written);
    }

    [Fact]
    public async Task Stopped_StorageThatHangs_EndsWithinSeconds()
    {
        await files.StartAsync(CancellationToken.None);
        store.Hangs = true;
        files.Add(store, new Counted { Count = 1 });

        var stopped = files.StoppedAsync(CancellationToken.None);
        while (!stopped.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        await stopped;
        Assert.Empty(store.Written);
    }

    [Fact]
    public async Task Write_FileThatIsOver_IsLetGoOnceItIsWritten()
    {
        var file = new Counted { Count = 1, Over = true };
        files.Add(store, file);

        await files.WriteAsync(CancellationToken.None);
        Assert.False(file.IsClosed);
        await files.WriteAsync(CancellationToken.None);
        Assert.True(file.IsClosed);

        file.Count++;
        await files.WriteAsync(CancellationToken.None);
        Assert.Equal(["1"], store.Written);
    }

    [Fact]
    public void Dispose_Again_DoesNothing()
    {
        files.Dispose();
        files.Dispose();
    }

    private sealed class Counted : IGrowingFile
    {
        public string Path => "shop/1/2026-03-01/receipts-1.json";

        public long Count { get; set; }

        public bool Over { get; init; }

        public bool IsClosed { get; private set; }

        public byte[] ToBytes() => System.Text.Encoding.UTF8.GetBytes($"{Count}");

        public bool IsOver(DateTimeOffset now) => Over;

        public void Close() => IsClosed = true;
    }

    private sealed class Store : IOutcomeStore
    {
        private readonly List<string> written = [];

        public bool IsAway { get; set; }

        public bool Hangs { get; set; }

        public int Writes => Volatile.Read(ref writes);

        public IReadOnlyList<string> Written => written;

        private int writes;

        public Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (IsAway)
            {
                throw new IOException("away");
            }

            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            written.Add(System.Text.Encoding.UTF8.GetString(content.Span));
            Interlocked.Increment(ref writes);
        }
    }
}
