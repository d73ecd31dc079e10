using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Batch.Messages;
using Scoring.Batch.Storage;
using Scoring.Telemetry;

namespace Scoring.Batch.Jobs;

/// <summary>Reads messages from <see cref="BatchNames.Requests"/>, and records those that are refused. Thread safe.</summary>
internal sealed partial class JobInbox(JobStorage storage, ScoringMetrics metrics, IOptions<BatchOptions> options, ILogger<JobInbox> logger)
{
    private const int RefusedIdLength = 16;

    /// <summary>The job that the message asks for, stored under its id.</summary>
    /// <exception cref="ScoringException">The message is refused; the reason is recorded under the id.</exception>
    public async Task<JobRequest> AcceptAsync(string message, CancellationToken cancellationToken)
    {
        var body = Array.Empty<byte>();
        try
        {
            body = MessageBody.Decode(message);
            if (StoredJob.FindId(body) is { } id)
            {
                return await storage.Records.FindRequestAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new ScoringException(ErrorCode.JobNotFound, $"No job '{id}' is stored.");
            }

            var request = JobRequestParser.Parse(body);
            await storage.Records.CreateAsync(request, JobCaller.Storage, cancellationToken).ConfigureAwait(false);
            return request;
        }
        catch (ScoringException exception)
        {
            await RefuseAsync(JobRequestParser.FindId(body) ?? RefusedId(message), JobError.From(exception), cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    // A message whose id cannot be made out is known by its content.
    private static string RefusedId(string message) => $"refused-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message)))[..RefusedIdLength]}";

    private async Task RefuseAsync(string id, JobError error, CancellationToken cancellationToken)
    {
        LogRefused(id, error.Code, error.Detail);
        GiveUpBehind(await storage.Records.RejectAsync(id, error, cancellationToken).ConfigureAwait(false));
    }

    // After its last try the host moves a message to the poison queue and tells nobody.
    private void GiveUpBehind(int tries)
    {
        if (tries % options.Value.MaxTries == 0)
        {
            metrics.PoisonMessage(BatchNames.Requests);
        }
    }

    [LoggerMessage(EventId = 4007, Level = LogLevel.Error, Message = "A message for job {Job} is refused: {Code}: {Detail}")]
    private partial void LogRefused(string job, string code, string detail);
}
