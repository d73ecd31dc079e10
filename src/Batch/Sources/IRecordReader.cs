namespace Scoring.Batch.Sources;

/// <summary>Reads records: <see cref="TryRead"/> until it gives nothing, then <see cref="FillAsync"/>, until that says that all is read. Not thread safe; dispose it.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>The next record at hand; false when more must be read first or all is read.</summary>
    bool TryRead(out Record record);

    /// <summary>Gives the record read last, which was no oversized one, once more. Not behind <see cref="FillAsync"/>.</summary>
    void Unread();

    /// <summary>Reads more; false when <see cref="TryRead"/> has given all.</summary>
    ValueTask<bool> FillAsync(CancellationToken cancellationToken);
}
