using Scoring.Configuration;

namespace Scoring.Inference;

/// <summary>The inputs that one text feature fills.</summary>
/// <param name="Ids">Index of the input of token ids.</param>
/// <param name="AttentionMask">Index of the input that tells ids from padding; -1 where there is none.</param>
/// <param name="TypeIds">Index of the input that tells a pair's second text from its first; -1 where there is none.</param>
/// <param name="PaddingId">What rows are filled up with.</param>
internal sealed record TokenInputs(int Ids, int AttentionMask, int TypeIds, long PaddingId)
{
    /// <summary>Whether rows are filled up before their ids, as models are trained that look at a text's last token.</summary>
    public bool PadsLeft { get; init; }

    /// <summary>How the outputs of a long text's windows become the text's; null where no text has several.</summary>
    public WindowPooling? Pooling { get; init; }
}
