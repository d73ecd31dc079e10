using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Serving;

namespace Scoring.Http;

/// <summary>How long a caller says that it waits for its answer.</summary>
internal static class CallerTimeout
{
    /// <summary>Seconds from the arrival of the request, such as <c>2</c> or <c>0.25</c>. It can only shorten <see cref="ScoringOptions.RequestTimeout"/>.</summary>
    public const string Header = "x-request-timeout";

    /// <summary>Until when a request may wait.</summary>
    /// <param name="request">May have the header.</param>
    /// <param name="arrival">When it came, as a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="timeout">How long any request may wait.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/> where the header is no time.</exception>
    public static RunDeadline Of(HttpRequest request, long arrival, TimeSpan timeout)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
        {
            return new RunDeadline(arrival + Timestamps(timeout));
        }

        return decimal.TryParse(values.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? new RunDeadline(arrival + Timestamps(TimeSpan.FromSeconds((double)Math.Min(seconds, (decimal)timeout.TotalSeconds))), IsCallers: true)
            : throw new ScoringException(ErrorCode.InvalidValue, $"found the header {Header} '{values}'; expected seconds above 0, such as 2 or 0.25");
    }

    private static long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
