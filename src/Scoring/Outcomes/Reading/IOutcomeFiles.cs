namespace Scoring.Outcomes.Reading;

/// <summary>The files of outcomes, <c>{model}/{version}/{day}/{name}.jsonl</c>, in a container or a folder. Of lines, what has been written never changes; counts of receipts beside them, <c>receipts-{name}.json</c>, are written over as they grow. Thread safe.</summary>
internal interface IOutcomeFiles
{
    /// <summary>Where they are, for people.</summary>
    string Location { get; }

    /// <summary>The files of a model, of all its versions and days; empty where there are none.</summary>
    /// <param name="model">A valid name.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken);

    /// <summary>The content of a file from an offset on; null where the file is gone.</summary>
    Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken);

    /// <summary>Writes a file, whole or not at all. Where <paramref name="content"/> throws, nothing is written.</summary>
    /// <returns>False where another writer of that name was faster.</returns>
    Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken);

    /// <summary>Deletes a file if it is there.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);
}
