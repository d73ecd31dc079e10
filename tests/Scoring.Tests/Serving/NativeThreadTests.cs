using System.Collections.Concurrent;
using Scoring.Serving;

namespace Scoring.Tests.Serving;

/// <summary>Whose load is next, and which of them wait for one that takes long.</summary>
public sealed class NativeThreadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly NativeThread thread = new(Patience);
    private readonly ConcurrentQueue<string> done = new();
    private readonly ManualResetEventSlim isLetGo = new();

    public void Dispose()
    {
        isLetGo.Set();
        thread.Dispose();
        isLetGo.Dispose();
    }

    [Fact]
    public async Task LoadAsync_RequestWaitsBehindPreloads_GoesFirst()
    {
        var held = HoldAsync();
        var (preload, joined) = (new LoadUrgency(), new LoadUrgency());
        Task[] loads = [AddAsync("preload", preload), AddAsync("refresh", new LoadUrgency()), AddAsync("request", joined)];

        // It was a preload too, until a request joined it.
        joined.Raise();
        isLetGo.Set();
        await Task.WhenAll([held, .. loads]).WaitAsync(Patience);

        Assert.Equal(["request", "preload", "refresh"], done);
    }

    [Fact]
    public async Task LoadAsync_OneTakesLong_ARequestsLoadAndAnUnloadGoOnBesideIt()
    {
        using var impatient = new NativeThread(TimeSpan.Zero);
        using var began = new ManualResetEventSlim();
        var slow = impatient.LoadAsync(() => Hold(began), new LoadUrgency(), CancellationToken.None);
        Assert.True(began.Wait(Patience));
        var preload = impatient.LoadAsync(() => Add("preload"), new LoadUrgency(), CancellationToken.None);
        var joined = new LoadUrgency();
        var request = impatient.LoadAsync(() => Add("request"), joined, CancellationToken.None);
        var unloaded = new TaskCompletionSource();

        // It was a preload too, until a request joined it.
        joined.Raise();
        impatient.Unload(unloaded.SetResult);
        await Task.WhenAll(request, unloaded.Task).WaitAsync(Patience);
        Assert.Equal(["request"], done);

        isLetGo.Set();
        await Task.WhenAll(slow, preload).WaitAsync(Patience);
    }

    [Fact]
    public async Task Unload_BehindLoadsThatNobodyWaitsFor_MakesRoomFirst()
    {
        var held = HoldAsync();
        var urgent = new LoadUrgency();
        urgent.Raise();
        Task[] loads = [AddAsync("preload", new LoadUrgency()), AddAsync("request", urgent)];
        thread.Unload(() => done.Enqueue("unload"));

        isLetGo.Set();
        await Task.WhenAll([held, .. loads]).WaitAsync(Patience);

        Assert.Equal(["request", "unload", "preload"], done);
    }

    [Fact]
    public async Task LoadAsync_TakenBackBeforeItsTurn_DoesNotRun()
    {
        var held = HoldAsync();
        using var leaving = new CancellationTokenSource();
        var load = thread.LoadAsync(() => Add("left"), new LoadUrgency(), leaving.Token);
        await leaving.CancelAsync();

        isLetGo.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load.WaitAsync(Patience));
        await held;

        Assert.Empty(done);
    }

    [Fact]
    public async Task Dispose_WithLoadsInLine_RunsThemAndLaterUnloadsElsewhere()
    {
        var held = HoldAsync();
        var load = AddAsync("last", new LoadUrgency());
        thread.Dispose();
        isLetGo.Set();
        await Task.WhenAll(held, load).WaitAsync(Patience);

        var unloaded = new TaskCompletionSource();
        thread.Unload(unloaded.SetResult);

        await unloaded.Task.WaitAsync(Patience);
        Assert.Equal(["last"], done);
    }

    // Returns once the thread is busy with it.
    private Task<bool> HoldAsync()
    {
        using var began = new ManualResetEventSlim();
        var held = thread.LoadAsync(() => Hold(began), new LoadUrgency(), CancellationToken.None);
        Assert.True(began.Wait(Patience));
        return held;
    }

    private bool Hold(ManualResetEventSlim began)
    {
        began.Set();
        return isLetGo.Wait(Patience);
    }

    private Task<string> AddAsync(string name, LoadUrgency urgency) => thread.LoadAsync(() => Add(name), urgency, CancellationToken.None);

    private string Add(string name)
    {
        done.Enqueue(name);
        return name;
    }
}
