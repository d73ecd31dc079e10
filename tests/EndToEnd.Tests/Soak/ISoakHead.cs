using System.Net;

namespace EndToEnd.Tests.Soak;

/// <summary>A running app of either head, as a soak talks to it. Thread safe.</summary>
internal interface ISoakHead
{
    /// <summary>Posts JSON to a route of a model.</summary>
    /// <param name="path">Such as <c>api/score/m</c>, <c>api/score/m/3</c> or <c>v2/models/m/infer</c>.</param>
    /// <param name="json">The body.</param>
    /// <param name="cancellationToken">Fires when the caller leaves.</param>
    Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string json, CancellationToken cancellationToken);

    /// <summary>Hands over a job's message.</summary>
    Task SubmitAsync(string message);

    /// <summary>Fails with what the app wrote if it has ended.</summary>
    void AssertRuns();
}
