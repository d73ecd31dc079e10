using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Native;

namespace ModelTool.Verbs;

/// <summary><c>inspect MODEL [--provider NAMES] [--json]</c></summary>
internal static class InspectVerb
{
    public static Command Create(ToolContext context)
    {
        var (model, json) = (CommonOptions.Model(), CommonOptions.Json());
        var provider = CommonOptions.Provider();
        var command = new Command("inspect", "Tells what a model is: signature, operator sets, parameters, operators, work per row, and what its text and category operators need, and where its operators run.") { model, provider, json }
            .WithExamples("inspect samples/intent/package", "inspect bert.onnx --json");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            using var target = ModelTarget.Open(arguments.GetRequiredValue(model));
            var found = ModelInspection.Of(target.ModelPath);
            var loaded = await context.StepAsync<LoadFound>(new LoadStep(target.Folder, CommonOptions.Providers(arguments.GetRequiredValue(provider))), target.Given, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("model", target.Given).With("inspection", found).With("loaded", loaded));
                return Verb.Done;
            }

            Write(context, found, loaded);
            return Verb.Done;
        });
    }

    private static void Write(ToolContext context, ModelInspection found, LoadFound loaded)
    {
        var table = new ReportTable("", "") { HasHeader = false };
        Row("inputs", Values(loaded.Inputs));
        if (loaded.Overridable.Count > 0)
        {
            Row("may be overridden", Values(loaded.Overridable));
        }

        Row("outputs", Values(loaded.Outputs));
        Row("operator sets", string.Join(", ", found.Opsets.Select(set => $"{set.Key} {set.Value}")));
        Row("producer", $"{found.Producer}, ONNX IR {found.IrVersion}");
        Row("parameters", Figures.Count(found.Parameters));
        Row("size", Figures.Bytes(found.Bytes));
        Row("operators", string.Join(", ", found.Operators.Select(use => $"{use.Operator} {use.Count}")));
        Row("work per row", $"{Figures.Count(found.FlopsPerRow)} operations of constant matrices and trees{(found.NotCounted.Count == 0 ? "" : $"; not counted: {string.Join(", ", found.NotCounted)}")}");
        Row("text and categories", found.Needs.Count == 0 ? "none" : string.Join(Environment.NewLine, found.Needs));
        if (loaded.Tokenizers.Count > 0)
        {
            Row("tokenizer", Values(loaded.Tokenizers));
        }

        Row("loaded here", Figures.Text($"in {loaded.LoadMilliseconds:0} ms, {loaded.MemoryBytes / 1e6:0.0} MB of memory"));
        Row("runs on", loaded.Placement.Count == 0 ? "not known, since it refuses made-up rows" : string.Join(Environment.NewLine, loaded.Placement.GroupBy(node => node.Provider)
            .Select(group => $"{group.Key} {group.Count()}: {string.Join(", ", group.GroupBy(node => node.Operator).Select(uses => $"{uses.Key} {uses.Count()}"))}")));
        table.Write(context);

        void Row(string name, string text) => table.Add(name, text);
    }

    private static string Values(IReadOnlyList<NamedValue> values) => string.Join(Environment.NewLine, values.Select(value => $"{value.Name}: {value.Type}"));
}
