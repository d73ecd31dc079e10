using System.Text.Json;
using Scoring.Inference;
using Scoring.Repository;
using Scoring.Serving;

namespace Scoring.Bench.Measuring;

/// <summary>The sample model <c>intent</c>, loaded as the service loads it, with real sessions to ask it about.</summary>
internal sealed class SampleModel : IDisposable
{
    private readonly JsonDocument golden;

    public SampleModel()
    {
        Loaded = LoadedModel.Load(new ModelPackage("intent", "1", new string('0', 64), Folder, "bench"), SessionSettings.Plain);
        Loaded.WarmUp();
        golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
    }

    public static string Folder => Path.Combine(Rounds.Checkout(), "samples", "intent", "package");

    public LoadedModel Loaded { get; }

    /// <summary>A request of so many instances.</summary>
    public byte[] Body(int rows)
    {
        var instances = golden.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("instance")).ToArray();
        return JsonSerializer.SerializeToUtf8Bytes(new { instances = Enumerable.Range(0, rows).Select(row => instances[row % instances.Length]) });
    }

    /// <summary>Everything that a request of so many rows is measured by.</summary>
    public RowsPoint Rows(int rows) => new(Loaded, Body(rows), rows);

    public void Dispose()
    {
        golden.Dispose();
        Loaded.Dispose();
    }
}
