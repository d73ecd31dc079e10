using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Batch.Jobs;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary><c>job list [--state STATE] [--model NAME] [--group NAME] [--limit N]</c></summary>
internal static class JobListVerb
{
    private const int DefaultLimit = 20;

    public static Command Create(ToolContext context)
    {
        var state = new Option<JobState?>("--state") { Description = "Only jobs in this state." };
        var model = new Option<string?>("--model", "-m") { Description = "Only jobs of this model." };
        var group = new Option<string?>("--group") { Description = "Only jobs of this group." };
        var limit = new Option<int>("--limit") { Description = "Most jobs to show.", DefaultValueFactory = _ => DefaultLimit };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0))
            {
                result.AddError($"--limit is '{token.Value}'; expected a whole number from 1.");
            }
        });
        var command = new Command("list", "Lists jobs, newest first.") { state, model, group, limit }
            .WithExamples("job list", "job list --state failed --model intent --limit 100");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            await using var services = context.OpenJobs(context.OpenStorage());
            var filter = new JobFilter(arguments.GetValue(state), arguments.GetValue(model), arguments.GetValue(group));
            var jobs = await ListAsync(services.GetRequiredService<JobService>(), filter, arguments.GetValue(limit), cancellationToken);
            if (jobs.Count == 0)
            {
                context.Say(filter == new JobFilter() ? "There are no jobs." : "There are no such jobs.");
                return Verb.Done;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("job", "state", "model", "version", "group", "queued", "rows", "bad", "error");
            foreach (var job in jobs)
            {
                table.AddRow(
                    job.Id, job.State.ToString().ToLowerInvariant(), job.Model, job.Version ?? "", job.Group ?? "",
                    job.QueuedAt.ToString("u", CultureInfo.InvariantCulture),
                    job.Rows?.ToString("N0", CultureInfo.InvariantCulture) ?? "", job.RowsFailed?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
                    Markup.Escape(job.Error?.Detail ?? ""));
            }

            context.Out.Write(table);
            return Verb.Done;
        });
    }

    // A page that a filter leaves empty may still have a next.
    private static async Task<List<JobSummary>> ListAsync(JobService service, JobFilter filter, int limit, CancellationToken cancellationToken)
    {
        var jobs = new List<JobSummary>();
        string? after = null;
        do
        {
            var page = await service.ListAsync(filter, after, Math.Min(JobService.MaxListed, limit - jobs.Count), cancellationToken);
            jobs.AddRange(page.Jobs);
            after = page.Next;
        }
        while (after is not null && jobs.Count < limit);
        return jobs;
    }
}
