namespace Scoring.Outcomes;

/// <summary>Is told of outcomes of requests that a rollout dealt out, once they are stored. Thread safe.</summary>
internal interface IOutcomeWatch
{
    /// <summary>Takes outcomes of one model, of all its versions, in the order in which they were told.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="outcomes">What came true; a receipt may come several times.</param>
    void Came(string model, IReadOnlyList<DealtOutcome> outcomes);
}
