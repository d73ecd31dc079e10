using System.CommandLine;
using ModelTool.Native;
using Scoring.Outcomes.Captures;
using Scoring.Outcomes.Reading;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>captures NAME --out FILE [--since 7d] [--version N]</c></summary>
internal static class CapturesVerb
{
    public static Command Create(ToolContext context)
    {
        var (name, json) = (Verb.ModelArgument(), CommonOptions.Json());
        var output = new Option<string>("--out") { Description = "The file of JSON lines to write, a line an instance.", Required = true };
        var since = new Option<string>("--since") { Description = "Days on which they were captured, such as 1d or 30d.", DefaultValueFactory = _ => "7d" };
        var version = new Option<string?>("--version") { Description = "One version alone. Default: all." };
        var command = new Command("captures", "Fetches the requests that a model's capture kept, with their predictions, as rows for baseline, bench, advise and others.") { name, output, since, version, json }
            .WithExamples("captures intent --out rows.jsonl --since 30d");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var model = arguments.GetRequiredValue(name);
            PackageNames.RequireModel(model);
            var named = context.RepositoryOf(arguments);
            var storage = string.IsNullOrWhiteSpace(named) ? context.OpenStorage() : new StorageConnection(context.Configuration);
            var files = OutcomeFiles.Open(named, storage, CaptureStorage.Container) ?? throw new IOException("There is no storage for captures beside this repository: set Storage.");
            var oldest = DateOnly.FromDateTime((TimeProvider.System.GetUtcNow() - CommonOptions.Age("--since", arguments.GetRequiredValue(since))).UtcDateTime);
            var found = (await files.ListAsync(model, cancellationToken))
                .Where(file => file.Day >= oldest && (arguments.GetValue(version) is not { } wanted || file.Version == wanted)).OrderBy(file => file.Folder, StringComparer.Ordinal).ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (found.Count == 0)
            {
                throw new IOException($"There are no captures of '{model}' of these days in {files.Location}: its model.json has no \"capture\", or none of its requests was chosen.");
            }

            var to = arguments.GetRequiredValue(output);
            var lines = await CopyAsync(files, found, to, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("model", model).With("rows", lines).With("files", found.Count).With("out", to));
            }
            else
            {
                context.Answer($"{Figures.Count(lines)} rows of {model}, captured from {found.Min(file => file.Day):yyyy-MM-dd} to {found.Max(file => file.Day):yyyy-MM-dd}, are in {to}.");
            }

            return Verb.Done;
        });
    }

    private static async Task<int> CopyAsync(IOutcomeFiles files, List<OutcomeFile> found, string to, CancellationToken cancellationToken)
    {
        var lines = 0;
        using var target = new StreamWriter(File.Create(to));
        foreach (var file in found)
        {
            // One that was deleted meanwhile was old enough.
            await using var content = await files.OpenAsync(file, 0, cancellationToken);
            using var reader = content is null ? null : new StreamReader(content);
            while (reader is not null && await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                await target.WriteAsync(line.AsMemory(), cancellationToken);
                await target.WriteAsync("\n".AsMemory(), cancellationToken);
                lines++;
            }
        }

        return lines;
    }
}
