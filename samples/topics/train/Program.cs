using System.Globalization;
using System.Text.Json;
using Samples.Topics;
using Samples.Training;

// dotnet run --project samples/topics/train [-- [--trials N | --held-out FILE] [DATA]]
var option = args is [['-', '-', ..], _, ..] ? args[0] : null;
var data = args.Skip(option is null ? 0 : 2).FirstOrDefault() ?? SampleFiles.DataPathOf("debian_topics.jsonl.gz");
if (option is not (null or "--trials" or "--held-out"))
{
    Console.Error.WriteLine($"{option} is not known; expected --trials N or --held-out FILE.");
    return 2;
}

if (!File.Exists(data))
{
    Console.Error.WriteLine($"The data set is not at {data}; give the path of debian_topics.jsonl.gz as an argument.");
    return 1;
}

var texts = TopicTexts.Read(data);
if (option == "--held-out")
{
    File.WriteAllText(args[1], HeldOut.ToJsonLines(TopicTraining.SplitOf(texts).Test));
    return 0;
}

var sample = new TopicSample(SampleFiles.PathOf("samples", "topics"));
if (option == "--trials")
{
    if (!int.TryParse(args[1], CultureInfo.InvariantCulture, out var count) || count < 1)
    {
        Console.Error.WriteLine($"--trials: found '{args[1]}', expected a number of trials.");
        return 2;
    }

    sample.WriteTrials(Trials.Run(count, TopicTraining.SplitOf(texts), trial => Console.WriteLine(JsonSerializer.Serialize(trial))));
}

sample.Write(TopicTraining.Run(sample.ReadSettings(), texts));
Console.WriteLine(sample.Figures());
return 0;
