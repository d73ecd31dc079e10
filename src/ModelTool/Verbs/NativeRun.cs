using System.Text.Json;
using ModelTool.Native;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary>Runs native steps with a spinner that tells what goes on, and writes reports.</summary>
internal static class NativeRun
{
    /// <summary>Runs a step; a person at a terminal sees what it does.</summary>
    /// <exception cref="RefusedException">It refused, died or did not end.</exception>
    public static Task<T> StepAsync<T>(this ToolContext context, object step, string subject, CancellationToken cancellationToken) =>
        context.Errors.Profile.Capabilities.Interactive && !Console.IsErrorRedirected
            ? context.Errors.Status().StartAsync(Markup.Escape(subject), status =>
                StepProcess.RunAsync<T>(step, subject, doing => status.Status(Markup.Escape($"{subject}: {doing}")), cancellationToken))
            : StepProcess.RunAsync<T>(step, subject, null, cancellationToken);

    /// <summary>The report as JSON, for the next program.</summary>
    public static void AnswerJson(this ToolContext context, object report) => context.Out.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, report.GetType(), StepJson.Report));
}
