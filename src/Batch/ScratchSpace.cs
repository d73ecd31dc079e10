using Microsoft.Extensions.Options;

namespace Scoring.Batch;

/// <summary>Folders on the local disk for temporary files, in one of this process alone: what lies there are the rows of callers. Thread safe.</summary>
internal sealed class ScratchSpace(IOptions<BatchOptions> options) : IDisposable
{
    private readonly ProcessFolder folder = new(options.Value.TempDirectory);

    /// <summary>A new, empty folder; disposing deletes it with what is in it.</summary>
    public ScratchFolder Open() => new(folder.NewFolder());

    public void Dispose() => folder.Dispose();
}
