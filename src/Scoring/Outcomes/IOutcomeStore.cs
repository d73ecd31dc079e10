namespace Scoring.Outcomes;

/// <summary>Where outcomes lie: <c>{model}/{version}/{day}/{name}.jsonl</c> below a container or a folder. Thread safe.</summary>
internal interface IOutcomeStore
{
    /// <summary>Writes a file unless one of that name is there, whole or not at all.</summary>
    /// <returns>False where one of that name was there: nothing was written.</returns>
    /// <exception cref="Exception">It cannot be told whether it is written; writing it again is safe.</exception>
    Task<bool> WriteOnceAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Writes a file over the one of that name, if there is one. Readers see either of them whole.</summary>
    /// <exception cref="Exception">It cannot be told whether it is written; writing it again is safe.</exception>
    Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
