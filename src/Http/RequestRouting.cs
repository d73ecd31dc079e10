using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Rollouts;

namespace Scoring.Http;

/// <summary>Has a rollout deal out a request by who asks.</summary>
internal static class RequestRouting
{
    /// <summary>By <c>parameters.subject</c>.</summary>
    public static RoutedRequest? Deal(ModelLease live, ReadOnlySpan<byte> body)
    {
        Span<byte> room = stackalloc byte[RequestSubject.MaxBytes];
        return live.Deal(RequestSubject.Find(body, room));
    }

    /// <summary>By <c>user</c>, as OpenAI's clients say it.</summary>
    public static RoutedRequest? DealByUser(ModelLease live, ReadOnlySpan<byte> body)
    {
        Span<byte> room = stackalloc byte[RequestSubject.MaxBytes];
        return live.Deal(RequestSubject.FindUser(body, room));
    }
}
