using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Scoring.Bench.Measuring;
using Scoring.Bench.Reporting;
using Scoring.Inference;

namespace Scoring.Bench;

/// <summary>What ONNX Runtime's settings about memory cost and save: its arena, its plan of a run's memory, and weights packed at load; with one shape of input and with many.</summary>
internal sealed partial class MemorySettingsBenchmark : IBenchmark
{
    private const int RoundCount = 9;
    private const int Shapes = 64;
    private const int MemoryRounds = 3;

    private static readonly Way[] Ways =
    [
        new("arena and pattern, the default", true, true, true),
        new("no pattern", true, false, true),
        new("no arena", false, true, true),
        new("neither", false, false, true),
        new("weights not packed", true, true, false),
    ];

    public string Name => "memory-settings";

    public string Summary => "a run's time and the process's memory without the arena, the memory pattern or packed weights, beside the default; with one shape and with many";

    public Task<IReadOnlyList<Figure>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("scoring-bench-");
        try
        {
            var encoder = Path.Combine(folder.FullName, "encoder.onnx");
            EncoderModel.Write(encoder);
            NativeRuntime.EnsureReady();
            var random = new Random(6);
            long[][] one = [[1, 32]];
            long[][] many = [.. Enumerable.Range(0, Shapes).Select(_ => new long[] { random.Next(1, 5), random.Next(8, 65) })];
            return Task.FromResult<IReadOnlyList<Figure>>([
                .. Measure("the encoder, one shape", encoder, one, output, cancellationToken),
                .. Measure($"the encoder, {Shapes} shapes", encoder, many, output, cancellationToken),
                .. Measure("the sample model, one row", Path.Combine(SampleModel.Folder, "model.onnx"), [[1, -1]], output, cancellationToken)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Figure> Measure(string what, string path, long[][] shapes, TextWriter output, CancellationToken cancellationToken)
    {
        // 1. Memory: one session at a time, each shape a few times.
        var runs = shapes.Length == 1 ? 200 : 4 * shapes.Length;
        var resident = new double[Ways.Length];
        for (var way = 0; way < Ways.Length; way++)
        {
            resident[way] = Rounds.Median([.. Enumerable.Range(0, MemoryRounds).Select(_ => Resident(path, shapes, Ways[way], runs))]);
        }

        // 2. Time: all beside each other.
        var runners = Ways.Select(way => new Runner(path, shapes, way)).ToArray();
        try
        {
            var times = Rounds.Medians(RoundCount, shapes.Length == 1 && path.Contains("encoder", StringComparison.Ordinal) ? 20 : shapes.Length == 1 ? 5000 : shapes.Length, [.. runners.Select(runner => (Action)runner.Run)], cancellationToken);
            for (var way = 0; way < Ways.Length; way++)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{what,-28} {Ways[way].Name,-32} {times[way] / 1e3,10:F1} µs a run, {times[way] / times[0]:F2} of the default; {resident[way] / 1e6,6:F1} MB resident"));
            }

            return [.. Ways.Select((way, index) => new Figure($"{what}: {way.Name}", "the default's time", times[index] / times[0], "x", null)
            {
                Medians = new Dictionary<string, double> { ["nanoseconds"] = times[index], ["residentBytes"] = resident[index] },
            })];
        }
        finally
        {
            Array.ForEach(runners, runner => runner.Dispose());
        }
    }

    private static double Resident(string path, long[][] shapes, Way way, int runs)
    {
        // What the session before it left is given back first, or this one would seem to take nothing.
        GC.Collect();
        _ = Trim(0);
        var before = Environment.WorkingSet;
        using var runner = new Runner(path, shapes, way);
        for (var run = 0; run < runs; run++)
        {
            runner.Run();
        }

        return Environment.WorkingSet - before;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nint pad);

    private sealed record Way(string Name, bool HasArena, bool HasPattern, bool IsPacked);

    /// <summary>A session that is run with one shape after the other.</summary>
    private sealed class Runner : IDisposable
    {
        private readonly InferenceSession session;
        private readonly RunOptions options = new();
        private readonly OrtValue[] inputs;
        private int next;

        public Runner(string path, long[][] shapes, Way way)
        {
            using var settings = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, EnableCpuMemArena = way.HasArena, EnableMemoryPattern = way.HasPattern };
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            settings.AddSessionConfigEntry("session.disable_prepacking", way.IsPacked ? "0" : "1");
            session = new InferenceSession(path, settings);
            inputs = [.. shapes.Select(Input)];
        }

        public void Run()
        {
            next = (next + 1) % inputs.Length;
            using var outputs = session.Run(options, session.InputNames, [inputs[next]], session.OutputNames);
        }

        public void Dispose()
        {
            Array.ForEach(inputs, input => input.Dispose());
            options.Dispose();
            session.Dispose();
        }

        private OrtValue Input(long[] shape)
        {
            var metadata = session.InputMetadata.Values.First();
            long[] whole = [.. shape.Select((size, axis) => size < 0 ? metadata.Dimensions[axis] : size)];
            var count = whole.Aggregate(1L, (product, size) => product * size);
            return metadata.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64
                ? OrtValue.CreateTensorValueFromMemory(new long[count], whole)
                : OrtValue.CreateTensorValueFromMemory(new float[count], whole);
        }
    }
}
