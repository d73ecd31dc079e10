using System.CommandLine;
using System.Text.Json.Nodes;
using ModelTool.Native;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>list [NAME]</c></summary>
internal static class ListVerb
{
    public static Command Create(ToolContext context)
    {
        var name = new Argument<string?>("name") { Description = "Only this model.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var command = new Command("list", "Shows every model with its versions and which of them is live.") { name, json }
            .WithExamples("list", "list intent --repository models");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var repository = context.OpenRepository(arguments);
            var only = arguments.GetValue(name);
            var models = await repository.ListModelsAsync(cancellationToken);
            if (only is not null)
            {
                PackageNames.RequireModel(only);
                models = [.. models.Where(m => m == only)];
            }

            if (models.Count == 0 && !(only is null && arguments.GetValue(json)))
            {
                context.Say(only is null ? $"{repository.Location} holds no models." : $"{repository.Location} holds no model '{only}'.");
                return only is null ? Verb.Done : Verb.Failed;
            }

            var table = new ReportTable("model", "live", "since", "versions");
            var listed = new JsonArray();
            foreach (var model in models)
            {
                var live = await ReadLiveAsync(repository, model, cancellationToken);
                var versions = await repository.ListVersionsAsync(model, withIncomplete: false, cancellationToken);
                listed.Add((JsonNode)new JsonParts().With("model", model).With("live", live?.Pointer.Version).With("since", live?.Since).With("versions", versions).Json);
                table.Add(
                    model,
                    live?.Pointer.Version ?? "none",
                    live?.Since.ToString("u", System.Globalization.CultureInfo.InvariantCulture) ?? "",
                    string.Join(' ', versions));
            }

            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("repository", repository.Location).With("models", listed));
                return Verb.Done;
            }

            table.Write(context);
            return Verb.Done;
        });
    }

    private static async Task<LiveState?> ReadLiveAsync(IPackageRepository repository, string model, CancellationToken cancellationToken)
    {
        try
        {
            return (await repository.ReadLiveAsync(model, null, cancellationToken)).State;
        }
        catch (PackageFaultException)
        {
            // One garbled pointer is not to hide the other models.
            return null;
        }
    }
}
