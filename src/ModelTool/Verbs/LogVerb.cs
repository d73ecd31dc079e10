using System.CommandLine;
using System.Globalization;
using ModelTool.Native;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>log NAME</c></summary>
internal static class LogVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var json = CommonOptions.Json();
        var command = new Command("log", "Shows what was done to a model, by whom and why, the newest first.") { name, json }
            .WithExamples("log intent");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var model = arguments.GetRequiredValue(name);
            PackageNames.RequireModel(model);
            var repository = context.OpenRepository(arguments);
            var brakes = await new PackageCheck(context).ListBrakesAsync(model, context.RepositoryOf(arguments), cancellationToken);
            var entries = (await repository.ReadHistoryAsync(model, cancellationToken)).Concat(brakes.Select(brake => brake.ToHistory())).OrderBy(entry => entry.At).Reverse().ToList();
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("model", model).With("history", entries));
                return Verb.Done;
            }

            if (entries.Count == 0)
            {
                context.Say($"{repository.Location} holds no history of '{model}'.");
                return Verb.Failed;
            }

            var table = new ReportTable("when", "what", "version", "before", "by", "key", "why");
            foreach (var entry in entries)
            {
                table.Add(
                    entry.At.ToString("u", CultureInfo.InvariantCulture), entry.Action.Replace('_', ' '), entry.Version, entry.From ?? "", entry.By, entry.SignedBy ?? "", entry.Why ?? "");
            }

            table.Write(context);
            return Verb.Done;
        });
    }
}
