using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Batch.Jobs;

namespace ModelTool.Verbs;

/// <summary><c>job run FILE</c>, <c>job list</c>, <c>job show ID</c>, <c>job retry ID</c>, <c>job cancel ID</c></summary>
internal static class JobVerb
{
    public static Command Create(ToolContext context) => new("job", "Scores files, lists jobs, looks at them, and lets failed ones go on.")
    {
        JobRunVerb.Create(context),
        JobListVerb.Create(context),
        Action(context, "show", "Shows how a job stands.", (desk, id, cancellationToken) => desk.ShowAsync(id, cancellationToken)),
        Action(context, "retry", "Lets a failed job go on with what was staged, and sends the unfinished steps of one under way again.", (desk, id, cancellationToken) => desk.RetryAsync(id, cancellationToken)),
        Action(context, "cancel", "Cancels a job that has not ended.", (desk, id, cancellationToken) => desk.CancelAsync(id, cancellationToken)),
    };

    private static Command Action(ToolContext context, string name, string description, Func<JobService, string, CancellationToken, Task<JobView>> act)
    {
        var id = new Argument<string>("id") { Description = "The job's id." };
        var command = new Command(name, description) { id, CommonOptions.Json() };
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            await using var services = context.OpenJobs(context.OpenStorage());
            context.Answer(Text(await act(services.GetRequiredService<JobService>(), arguments.GetRequiredValue(id), cancellationToken)));
            return Verb.Done;
        });
    }

    /// <summary>How a job stands, as JSON.</summary>
    internal static string Text(JobView job)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            job.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
