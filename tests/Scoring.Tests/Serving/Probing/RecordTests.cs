using System.Text;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;

namespace Scoring.Tests.Serving.Probing;

/// <summary>What one process writes another reads, of this version or the one before.</summary>
public class RecordTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 5, 6, 7, 89, TimeSpan.FromHours(2));
    private static readonly ProbeReport Refused = new(RefusalKind.Golden, "it is \"wrong\" by ½", TimeSpan.FromMilliseconds(12.5), 3, TimeSpan.FromSeconds(61), 1L << 40, 7);
    private static readonly ProbeReport Passed = new(null, null, TimeSpan.Zero, 0, TimeSpan.Zero, 0, 0);

    [Fact]
    public void Verdict_WrittenAndRead_IsTheSame()
    {
        foreach (var verdict in new[] { new Verdict("hash", "1.29.0", "x64 avx2", At, Refused, PointerTag: "tag"), new Verdict("hash", "1.29.0", "x64", At, Passed, HasServed: true) })
        {
            Assert.Equal(verdict, Verdict.Read(verdict.ToJson()));
        }
    }

    [Fact]
    public void ProbeLine_WrittenAndRead_IsTheSame()
    {
        foreach (var line in new[] { new ProbeLine("scoring the case 'a'", null), new ProbeLine(null, Refused), new ProbeLine(null, Passed) })
        {
            Assert.Equal(line, ProbeLine.Read(line.ToString()));
            Assert.DoesNotContain('\n', line.ToString());
        }
    }

    [Fact]
    public void LoadMarker_WrittenAndRead_IsTheSame()
    {
        foreach (var tag in new[] { "tag", null })
        {
            var marker = new LoadMarker("m", "2", "hash", "host", 42, At, At.AddSeconds(1), tag);
            Assert.Equal(marker, LoadMarker.Read(marker.ToJson()));
        }
    }

    [Fact]
    public void CachedPointer_WrittenAndRead_IsTheSame()
    {
        foreach (var pointer in new[] { new LivePointer("3", ["2", "1"]), new LivePointer("3"), new LivePointer(null) })
        {
            var cached = new CachedPointer(pointer, "tag", At, At.AddDays(1), Good: pointer.Version);
            var read = CachedPointer.Read(cached.ToJson())!;
            Assert.Equal(cached with { Pointer = read.Pointer }, read);
            Assert.Equal(pointer.Version, read.Pointer.Version);
            Assert.Equal(pointer.History, read.Pointer.History);
        }
    }

    [Fact]
    public void CachedVersion_WrittenAndRead_IsTheSame()
    {
        var version = new CachedVersion("hash", "folder/m/1", "");
        Assert.Equal(version, CachedVersion.Read(version.ToJson()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"contentHash":1,"pointer":2,"model":3,"report":4}""")]
    [InlineData("""{"contentHash":"h","onnxRuntime":"1","processor":"x","at":"noon","report":{}}""")]
    [InlineData("""{"contentHash":"h","onnxRuntime":"1","processor":"x","at":"2026-11-22T05:06:07Z","report":{"refusal":"Mood","load":"00:00:00","cases":0,"casesTook":"00:00:00","memoryBytes":0,"peakBytes":0}}""")]
    public void Record_Damaged_IsNone(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Null(Verdict.Read(bytes));
        Assert.Null(LoadMarker.Read(bytes));
        Assert.Null(CachedPointer.Read(bytes));
        Assert.Null(CachedVersion.Read(bytes));
    }

    [Fact]
    public void Verdict_AsASerializerWroteIt_IsRead()
    {
        const string Json = """
            {"contentHash":"h","onnxRuntime":"1.29.0","processor":"x64","at":"2026-11-22T05:06:07.089+02:00","report":{"refusal":"Crash","reason":"gone","load":"00:00:00.0125000",
            "cases":2,"casesTook":"00:00:01","memoryBytes":5,"peakBytes":6,"passed":false},"hasServed":true}
            """;

        Assert.Equal(
            new Verdict("h", "1.29.0", "x64", At, new ProbeReport(RefusalKind.Crash, "gone", TimeSpan.FromMilliseconds(12.5), 2, TimeSpan.FromSeconds(1), 5, 6), HasServed: true),
            Verdict.Read(Encoding.UTF8.GetBytes(Json)));
    }
}
