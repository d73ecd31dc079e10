using Scoring.Bench;
using Scoring.Bench.Measuring;
using Scoring.Bench.Measuring.Profile;
using Scoring.Bench.Reporting;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var isRecorded = args.Contains("--record");
args = [.. args.Where(argument => argument != "--record")];
switch (args)
{
    case ["list"]:
        foreach (var benchmark in BenchmarkList.All)
        {
            Console.WriteLine($"{benchmark.Name,-16} {benchmark.Summary}");
        }

        Console.WriteLine($"{"table",-16} prints what was recorded last; `table docs/figures.md` puts it there");
        Console.WriteLine($"{"encoder",-16} writes bench/encoder.onnx, ten million random parameters in BERT's shape, to try the model tool on");
        Console.WriteLine($"{"start-profile",-16} writes src/Functions/start.mibc and src/LocalHost/start.mibc anew: what dotnet publish compiles ahead of others' generic code");
        return 0;
    case ["start-profile"]:
        await StartProfiles.WriteAsync(Console.Out, stop.Token);
        return 0;
    case ["table"]:
        ResultTable.Print(Console.Out, ResultStore.Recorded());
        return 0;
    case ["table", var document]:
        ResultTable.WriteDocument(Path.Combine(Rounds.Checkout(), document), ResultStore.Recorded());
        return 0;
    case ["encoder"]:
        EncoderModel.Write(Path.Combine(Rounds.Checkout(), "bench", "encoder.onnx"));
        Console.WriteLine("Wrote bench/encoder.onnx. Try: ./dev model quantize bench/encoder.onnx --sequence 128");
        return 0;
}

var chosen = BenchmarkList.All.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name)).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine("There is no such benchmark; ./dev bench list names them.");
    return 1;
}

var results = new List<BenchmarkResult>();
foreach (var benchmark in chosen)
{
    Console.WriteLine($"== {benchmark.Name}: {benchmark.Summary}");
    var figures = await benchmark.RunAsync(Console.Out, stop.Token);
    if (figures.Count > 0)
    {
        results.Add(new(benchmark.Name, benchmark.Summary, $"./dev bench {benchmark.Name}", TimeProvider.System.GetUtcNow(), Machine.Here(), figures));
        ResultStore.Save(results[^1]);
    }
}

Console.WriteLine();
ResultTable.Print(Console.Out, results);
if (isRecorded)
{
    ResultStore.Record([.. results.Select(result => result.Name)]);
    ResultTable.WriteDocument(Path.Combine(Rounds.Checkout(), "docs", "figures.md"), ResultStore.Recorded());
    Console.WriteLine("Recorded in bench/results and docs/figures.md. Why an aim is not met: bench/README.md.");
    return 0;
}

Console.WriteLine($"Written to {Path.GetRelativePath(Rounds.Checkout(), ResultStore.Folder)}, which git ignores; with --record, to bench/results and docs/figures.md too.");
return 0;
