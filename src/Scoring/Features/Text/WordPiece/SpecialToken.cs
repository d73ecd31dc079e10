namespace Scoring.Features.Text.WordPiece;

/// <summary>A token that stands for itself wherever its characters stand in a text, before anything is normalised.</summary>
/// <param name="Content">Its UTF-8.</param>
/// <param name="Id">Its id.</param>
internal sealed record SpecialToken(byte[] Content, int Id);
