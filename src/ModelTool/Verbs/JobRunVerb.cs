using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelTool.Jobs;
using Scoring;
using Scoring.Batch.Jobs;
using Scoring.Batch.Messages;
using Scoring.Repository;
using Spectre.Console;

namespace ModelTool.Verbs;

/// <summary><c>job run FILE --model NAME [--output FILE] [--version N] [--keep COLUMNS] [--features SQL] [--delimiter C] [--max-failed N] [--fail-early] [--receipts] [--priority P] [--timeout SECONDS]</c></summary>
internal static class JobRunVerb
{
    public static Command Create(ToolContext context)
    {
        var file = new Argument<FileInfo>("file") { Description = "The rows: .jsonl, .ndjson, .csv (each also .gz or .zst) or .parquet." };
        var model = new Option<string>("--model", "-m") { Description = "The model's name.", Required = true };
        var output = new Option<string?>("--output", "-o") { Description = "Where the scores go: a file of JSON lines, or a folder of Parquet files when it ends in .parquet. Default: FILE.scores.jsonl." };
        var version = new Option<string?>("--version") { Description = "The version that scores. Default: the live one." };
        var keep = new Option<string[]>("--keep") { Description = "Columns to carry along: a,b.", DefaultValueFactory = _ => [] };
        var features = new Option<string?>("--features") { Description = "SQL that makes the features from the table input: a SELECT, or a file that holds one." };
        var json = CommonOptions.Json();
        var maxFailed = new Option<string?>("--max-failed") { Description = "Exit 1 if more rows than this are bad: a number, or a share such as 5%. Default: only if all are." };
        var failEarly = new Option<bool>("--fail-early") { Description = "Has the job fail as soon as more rows are bad than --max-failed allows, instead of going on to its end." };
        var receipts = new Option<bool>("--receipts") { Description = "Gives each line a receipt, by which its outcome can be told. Default: as model.json says." };
        var delimiter = new Option<string?>("--delimiter") { Description = "Between the fields of CSV, such as ';' or tab. Default: the comma." };
        var priority = new Option<JobPriority>("--priority") { Description = "low, normal or high: whether its steps wait behind those of other jobs." };
        var timeout = new Option<int?>("--timeout") { Description = "Seconds from when the job is taken up, after which it fails." };
        var command = new Command("run", "Scores a file: uploads it, waits for the job, downloads the scores. Broken off, the job goes on; the same command takes it up again.")
        {
            file, model, output, version, keep, features, delimiter, maxFailed, failEarly, receipts, priority, timeout, json,
        };
        command.WithExamples("job run day.parquet --model intent --output scores.jsonl --keep user");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var rows = arguments.GetRequiredValue(file);
            var name = arguments.GetRequiredValue(model);
            var sql = arguments.GetValue(features);
            var limit = MaxFailed.Parse(arguments.GetValue(maxFailed));
            var order = new JobOrder(
                rows,
                name,
                arguments.GetValue(version) ?? await FindLiveAsync(context.OpenRepository(arguments), name, cancellationToken),
                [.. arguments.GetValue(keep)!.SelectMany(columns => columns.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                sql is not null && File.Exists(sql) ? await File.ReadAllTextAsync(sql, cancellationToken) : sql,
                arguments.GetValue(output) ?? rows.FullName + ".scores.jsonl")
            {
                Receipts = arguments.GetValue(receipts) ? true : null,
                Priority = arguments.GetValue(priority),
                Timeout = arguments.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Delimiter = ReadDelimiter(arguments.GetValue(delimiter)),
                MaxFailedRows = !arguments.GetValue(failEarly) ? null
                    : limit ?? throw new FormatException("--fail-early needs --max-failed, which says how many rows may be bad."),
            };
            return await RunAsync(context, order, limit, arguments.GetValue(json), cancellationToken);
        });
    }

    private static async Task<int> RunAsync(ToolContext context, JobOrder order, FailedRowsLimit? maxFailed, bool isJson, CancellationToken cancellationToken)
    {
        var storage = context.OpenStorage();
        await using var services = context.OpenJobs(storage);
        var jobs = services.GetRequiredService<JobService>();
        var files = new JobFiles(storage);
        var request = await order.ToRequestAsync(services.GetRequiredService<IOptions<ScoringOptions>>().Value.InputContainers[0], cancellationToken);
        context.Say($"Job {request.Id}. Broken off (Ctrl-C), it goes on; the same command takes it up again.");
        var job = await context.Errors.Status().StartAsync("uploading", async status =>
        {
            var uploaded = new Progress<long>(bytes => status.Status(Uploading(bytes, order.File.Length)));
            await files.UploadAsync(order.File, request.Input!, uploaded, cancellationToken);
            await jobs.SubmitAsync(request, cancellationToken);
            var ended = await new JobWatch(jobs).UntilEndAsync(request.Id, line => status.Status(Markup.Escape(line)), cancellationToken);
            if (ended.State == JobState.Succeeded)
            {
                status.Status("downloading");
                await files.DownloadAsync(ended.Output!, request.Output, order.Output, cancellationToken);
            }

            return ended;
        });
        return Report(context, order, maxFailed, job, isJson);
    }

    private static int Report(ToolContext context, JobOrder order, FailedRowsLimit? maxFailed, JobView job, bool isJson)
    {
        if (job.IgnoredColumns.Count > 0)
        {
            context.Say($"Columns that the model does not know were ignored: {string.Join(", ", job.IgnoredColumns)}.");
        }

        if (isJson)
        {
            context.Answer(JobVerb.Text(job));
        }

        if (job.State != JobState.Succeeded)
        {
            var chunk = job.Error?.Chunk is { } number ? $" (chunk {number})" : "";
            context.Say(job.State == JobState.Cancelled
                ? $"The job {job.Id} was cancelled; a job of another file or other options can be run."
                : $"The job {job.Id} failed: {job.Error?.Detail}{chunk} The same command tries again.");
            return Verb.Failed;
        }

        if (!isJson)
        {
            context.Answer(string.Create(
                CultureInfo.InvariantCulture,
                $"{order.Output}: {job.Rows:N0} rows scored by {job.Model} version {job.Version}, {job.RowsFailed:N0} of them bad ({job.RowsPerSecond:N0} rows/s)."));
        }

        if (!MaxFailed.IsExceeded(maxFailed, job.Rows, job.RowsFailed))
        {
            return Verb.Done;
        }

        context.Say(maxFailed is null ? "Every row is bad; each line of the output says why." : "More rows are bad than --max-failed allows; their lines of the output say why.");
        return Verb.Failed;
    }

    private static char? ReadDelimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var only] => only,
        _ => throw new FormatException($"--delimiter is '{text}'; expected one character, or tab."),
    };

    private static string Uploading(long bytes, long total)
    {
        var (shift, unit) = total >> 20 > 0 ? (20, "MiB") : (10, "KiB");
        var rest = (1L << shift) - 1;
        return string.Create(CultureInfo.InvariantCulture, $"uploading, {(bytes + rest) >> shift:N0} of {(total + rest) >> shift:N0} {unit}");
    }

    // Named in the job, so that a run after another version went live is another job.
    private static async Task<string?> FindLiveAsync(IPackageRepository repository, string model, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        return (await repository.ReadLiveAsync(model, null, cancellationToken)).State?.Pointer.Version;
    }
}
