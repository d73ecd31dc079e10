using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Outcomes.Reading;
using TestCommon;

namespace Scoring.Tests.Outcomes;

public sealed class LiveCalibrationTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();
    private readonly LaterTime time = new(OutcomeText.Start.AddHours(2));
    private readonly CountedFiles files;
    private readonly LiveCalibration calibration;

    public LiveCalibrationTests()
    {
        files = new CountedFiles(new FolderOutcomeFiles(folder.Root));
        calibration = new LiveCalibration(files, TimeSpan.FromDays(90), Refresh, time, NullLogger<LiveCalibration>.Instance);
        OutcomeText.Write(folder.Root, "first", [OutcomeText.Line(1, 0.8, 1)]);
    }

    public void Dispose()
    {
        calibration.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Read_AskedManyTimesWithinTheInterval_ReadsOnce()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync()));
        OutcomeText.Write(folder.Root, "second", [OutcomeText.Line(2, 0.8, 1)]);
        time.Now += Refresh - TimeSpan.FromTicks(1);

        Assert.Same(found[0], await ReadAsync());
        Assert.Equal(1, files.Listed);
    }

    [Fact]
    public async Task Read_AfterTheInterval_SeesWhatCameSince()
    {
        Assert.Equal(1, Assert.Single((await ReadAsync()).Versions).Count);
        OutcomeText.Write(folder.Root, "second", [OutcomeText.Line(2, 0.8, 1)]);
        time.Now += Refresh;

        Assert.Equal(2, Assert.Single((await ReadAsync()).Versions).Count);
    }

    [Fact]
    public async Task Read_ReadingThatTookLong_IsKeptTwentyTimesAsLong()
    {
        files.Takes = () => time.Now += TimeSpan.FromSeconds(3);
        await ReadAsync();
        time.Now += TimeSpan.FromSeconds(59);
        await ReadAsync();
        Assert.Equal(1, files.Listed);

        time.Now += TimeSpan.FromSeconds(1);
        await ReadAsync();
        Assert.Equal(2, files.Listed);
    }

    [Fact]
    public async Task Read_StorageAway_IsToldAndTriedAgain()
    {
        files.Takes = () => throw new ScoringException(ErrorCode.ModelUnavailable, "away");
        await Assert.ThrowsAsync<ScoringException>(ReadAsync);
        files.Takes = null;

        Assert.Single((await ReadAsync()).Versions);
    }

    [Fact]
    public async Task Read_NoOutcomes_IsEmpty() => Assert.Empty((await calibration.ReadAsync("other", null, Week, TimeSpan.Zero, CancellationToken.None)).Versions);

    [Fact]
    public async Task Read_NoStorage_IsUnavailable()
    {
        using var none = new LiveCalibration(null, TimeSpan.FromDays(90), Refresh, time, NullLogger<LiveCalibration>.Instance);

        Assert.Equal(ErrorCode.ModelUnavailable, (await Assert.ThrowsAsync<ScoringException>(() => none.ReadAsync("intent", null, Week, TimeSpan.Zero, CancellationToken.None))).Code);
    }

    [Fact]
    public async Task Read_ManyFiles_JoinsThoseOfDaysThatAreOver()
    {
        for (var file = 0; file < 20; file++)
        {
            OutcomeText.Write(folder.Root, $"{file}", [OutcomeText.Line(file, 0.8, 1)]);
        }

        time.Now = OutcomeText.Start.AddDays(1);
        Assert.Equal(20, Assert.Single((await ReadAsync()).Versions).Count);
        await calibration.Compacting;

        Assert.Single(Directory.GetFiles(folder.Root, "*.jsonl", SearchOption.AllDirectories));
        time.Now += Refresh;
        Assert.Equal(20, Assert.Single((await ReadAsync()).Versions).Count);
    }

    private Task<ModelCalibration> ReadAsync() => calibration.ReadAsync("intent", null, Week, TimeSpan.Zero, CancellationToken.None);

    private sealed class CountedFiles(IOutcomeFiles files) : IOutcomeFiles
    {
        public int Listed { get; private set; }

        public Action? Takes { get; set; }

        public string Location => files.Location;

        public Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken)
        {
            Listed++;
            Takes?.Invoke();
            return files.ListAsync(model, cancellationToken);
        }

        public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) => files.OpenAsync(file, offset, cancellationToken);

        public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) => files.WriteAsync(path, content, cancellationToken);

        public Task DeleteAsync(string path, CancellationToken cancellationToken) => files.DeleteAsync(path, cancellationToken);
    }
}
