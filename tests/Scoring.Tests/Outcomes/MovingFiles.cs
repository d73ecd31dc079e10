using Scoring.Outcomes.Reading;

namespace Scoring.Tests.Outcomes;

/// <summary>Files to which something happens after they were first listed, and before any is opened.</summary>
internal sealed class MovingFiles(IOutcomeFiles files, Func<Task> happens) : IOutcomeFiles
{
    private bool hasHappened;

    public string Location => files.Location;

    public async Task<IReadOnlyList<OutcomeFile>> ListAsync(string model, CancellationToken cancellationToken)
    {
        var listed = await files.ListAsync(model, cancellationToken);
        if (!hasHappened)
        {
            hasHappened = true;
            await happens();
        }

        return listed;
    }

    public Task<Stream?> OpenAsync(OutcomeFile file, long offset, CancellationToken cancellationToken) => files.OpenAsync(file, offset, cancellationToken);

    public Task<bool> WriteAsync(string path, Stream content, CancellationToken cancellationToken) => files.WriteAsync(path, content, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => files.DeleteAsync(path, cancellationToken);
}
