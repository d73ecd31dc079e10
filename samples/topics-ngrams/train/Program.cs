using Samples.Topics;
using Samples.TopicsNgrams;
using Samples.Training;

// dotnet run -c Release --project samples/topics-ngrams/train [-- DATA]
var data = args.FirstOrDefault() ?? SampleFiles.DataPathOf("debian_topics.jsonl.gz");
if (!File.Exists(data))
{
    Console.Error.WriteLine($"The data set is not at {data}; give the path of debian_topics.jsonl.gz as an argument.");
    return 1;
}

var split = TopicTraining.SplitOf(TopicTexts.Read(data));
var points = new List<CurvePoint>();
var timings = new List<Timing>();
var curves = new List<Curve>();
foreach (var set in TermSet.All)
{
    var curve = new Curve(set, split);
    curves.Add(curve);
    foreach (var model in curve.Models())
    {
        points.Add(curve.Measure(model));
        timings.Add(Timing.Measure(set, model, split.Test));
        Console.WriteLine(points[^1]);
    }
}

new NgramSample(SampleFiles.PathOf("samples", "topics-ngrams")).Write(points, timings, curves);
return 0;
