using Scoring.Bench;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

if (args is ["list"])
{
    foreach (var benchmark in BenchmarkList.All)
    {
        Console.WriteLine($"{benchmark.Name,-24} {benchmark.Summary}");
    }

    return 0;
}

var chosen = BenchmarkList.All.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name)).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine("There is no such benchmark; ./dev bench list names them.");
    return 1;
}

foreach (var benchmark in chosen)
{
    Console.WriteLine($"== {benchmark.Name}: {benchmark.Summary}");
    await benchmark.RunAsync(Console.Out, stop.Token);
}

return 0;
