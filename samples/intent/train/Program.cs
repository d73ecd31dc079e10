using Samples.Intent;
using Samples.Training;

// dotnet run --project samples/intent/train [-- [sessions] [CSV]]
var sessionsOnly = args is ["sessions", ..];
var csv = args.Skip(sessionsOnly ? 1 : 0).FirstOrDefault() ?? SampleFiles.DataPathOf("online_shoppers_intention.csv");
if (!File.Exists(csv))
{
    Console.Error.WriteLine($"The data set is not at {csv}; give the path of online_shoppers_intention.csv (UCI 468) as an argument.");
    return 1;
}

string Target(params string[] parts) => SampleFiles.PathOf(["samples", "intent", .. parts]);

if (sessionsOnly)
{
    var (sessions, _) = SessionsCsv.Read(csv);
    File.WriteAllText(Target("sessions.jsonl"), SyntheticSessions.Draw(IntentTraining.SplitOf(sessions).Train));
    return 0;
}

var training = IntentTraining.Run(csv);
Directory.CreateDirectory(Target("package"));
File.WriteAllBytes(Target("package", "model.onnx"), training.Model.ToOnnx());
File.WriteAllText(Target("package", "golden.json"), GoldenCases.ToJson(training));
File.WriteAllText(Target("request.json"), GoldenCases.ToRequest(training));
File.WriteAllText(Target("metrics.json"), training.Metrics.ToJson());

var figures = Figures.Render(training.Metrics);
var readme = Target("README.md");
File.WriteAllText(readme, ReadmeBlock.Replace(File.ReadAllText(readme), Figures.Block, figures));
Console.WriteLine(figures);
return 0;
