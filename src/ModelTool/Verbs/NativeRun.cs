using System.Text.Json;
using ModelTool.Native;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary>Runs native steps, tells what goes on, and writes reports.</summary>
internal static class NativeRun
{
    /// <summary>Runs a step; a person at a terminal sees what it does, a log reads of it every half minute.</summary>
    /// <exception cref="RefusedException">It refused, died or did not end.</exception>
    public static Task<T> StepAsync<T>(this ToolContext context, object step, string subject, CancellationToken cancellationToken)
    {
        var isWatched = context.Errors.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;
        return isWatched
            ? context.Errors.Status().StartAsync(Markup.Escape(subject), status => StepProcess.RunAsync<T>(step, subject, doing => status.Status(Markup.Escape(Line(doing))), cancellationToken))
            : StepProcess.RunAsync<T>(step, subject, doing => context.Progress.Doing(Line(doing)), cancellationToken);

        string Line(string doing) => $"{subject}: {(context.Stage is { } stage ? $"{stage}: " : "")}{doing}";
    }

    /// <summary>Does work of this process; a person at a terminal sees what it does, a log reads of it every half minute.</summary>
    /// <param name="context">Where that is said.</param>
    /// <param name="subject">What the work is about.</param>
    /// <param name="work">Told to say what it begins.</param>
    public static Task<T> WorkAsync<T>(this ToolContext context, string subject, Func<Action<string>, T> work)
    {
        var isWatched = context.Errors.Profile.Capabilities.Interactive && !Console.IsErrorRedirected;
        return isWatched
            ? context.Errors.Status().StartAsync(Markup.Escape(subject), status => Task.Run(() => work(doing => status.Status(Markup.Escape($"{subject}: {doing}")))))
            : Task.Run(() => work(doing => context.Progress.Doing($"{subject}: {doing}")));
    }

    /// <summary>The report as JSON, for the next program.</summary>
    public static void AnswerJson<T>(this ToolContext context, T report) => context.Out.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, StepJson.Of<T>(StepJson.Report)));

    /// <summary>The same of a report that is put together.</summary>
    public static void AnswerJson(this ToolContext context, JsonParts report) => context.AnswerJson(report.Json);
}
