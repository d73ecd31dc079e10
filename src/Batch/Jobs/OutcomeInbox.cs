using Microsoft.Extensions.Logging;
using Scoring.Batch.Messages;
using Scoring.Outcomes;

namespace Scoring.Batch.Jobs;

/// <summary>Takes the outcomes of messages from <see cref="BatchNames.Outcomes"/>. The same message twice changes nothing. Thread safe.</summary>
public sealed partial class OutcomeInbox(OutcomeIntake intake, ILogger<OutcomeInbox> logger)
{
    /// <summary>Takes a message's outcomes.</summary>
    /// <param name="message">Raw JSON, or base64 of it.</param>
    /// <exception cref="ScoringException">Nothing of it can be taken, or nothing can be stored now. The host tries again.</exception>
    public async Task TakeAsync(string message, CancellationToken cancellationToken)
    {
        var report = await intake.TakeAsync(MessageBody.Decode(message), cancellationToken).ConfigureAwait(false);
        if (report.Refusal is { } none)
        {
            throw none;
        }

        if (report.Refused is [var first, ..])
        {
            LogRefused(report.Refused.Count, report.Accepted, first.Pointer, first.Reason, first.Detail);
        }
    }

    [LoggerMessage(EventId = 4040, Level = LogLevel.Warning, Message = "A message holds {Refused} outcomes that are refused, beside {Accepted} that were taken; the first, at {Pointer}: {Reason}: {Detail}")]
    private partial void LogRefused(int refused, int accepted, string pointer, string reason, string detail);
}
