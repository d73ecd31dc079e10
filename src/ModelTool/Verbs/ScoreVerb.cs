using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;

namespace ModelTool.Verbs;

/// <summary><c>score MODEL [FILE]</c></summary>
internal static class ScoreVerb
{
    public static Command Create(ToolContext context)
    {
        var model = CommonOptions.Model();
        var file = new Argument<string>("request") { Description = "A file with the request, {\"instances\":[…]}; - for the standard input.", DefaultValueFactory = _ => "-" };
        var command = new Command("score", "Answers one request here, as the endpoint would: the answer's JSON on the standard output, its time on the standard error.") { model, file, CommonOptions.Json() }
            .WithExamples("score samples/intent/package samples/intent/request.json", "score model.onnx - < request.json");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var path = arguments.GetRequiredValue(file);
            var body = path == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
            var found = await context.StepAsync<ScoreFound>(new ScoreStep(target.Folder, body), target.Given, cancellationToken);
            context.Out.Profile.Out.Writer.WriteLine(found.Answer);
            context.Say(Figures.Text($"Read, run and written in {Figures.Duration(found.Milliseconds * 1000)}, the first time of a new process."));
            return Verb.Done;
        });
    }
}
