namespace Scoring.Batch.DuckDb;

/// <summary>A Parquet blob's window with a connection that may read it and nothing else. Not thread safe; dispose it.</summary>
/// <param name="window">The file.</param>
/// <param name="folder">Where it lies; is deleted in the end.</param>
/// <param name="share">Memory; is given back in the end.</param>
/// <param name="spillBytes">Most bytes on disk of what does not fit into memory.</param>
/// <param name="cancellationToken">Interrupts what the connection does.</param>
internal sealed class ParquetSession(ParquetWindow window, ScratchFolder folder, DuckDbBudget.Share share, long spillBytes, CancellationToken cancellationToken) : IDisposable
{
    private CancellationTokenRegistration interrupt;
    private DuckDbConnection? connection;

    public ParquetWindow Window => window;

    /// <summary>Behind <see cref="Prepare"/>.</summary>
    public DuckDbConnection Connection => connection!;

    /// <summary>Opens the connection, unless it is open.</summary>
    /// <exception cref="DuckDbException">There is no memory for it, or it was interrupted.</exception>
    public void Prepare()
    {
        if (connection is null)
        {
            connection = new DuckDbConnection();
            interrupt = cancellationToken.Register(connection.Interrupt);
            var sandbox = new DuckDbSandbox(folder.PathTo("spill"), share.MemoryBytes, spillBytes, Threads: 1);
            sandbox.Prepare(connection);
            sandbox.Close(connection, [window.Path]);
        }
    }

    /// <summary>The job's fault for one of DuckDB's.</summary>
    public ScoringException Refused(DuckDbException exception) => window.Refused(DuckDbFault.Tell(exception.Message, folder.Path));

    public void Dispose()
    {
        interrupt.Dispose();
        connection?.Dispose();
        share.Dispose();
        folder.Dispose();
    }
}
