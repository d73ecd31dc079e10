namespace Scoring.Features.Text.HuggingFace;

/// <summary>An added token of a tokenizer.json.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it stands for something other than its text.</param>
/// <param name="TakesSpaceBefore">Whether white space before it belongs to it.</param>
/// <param name="IsNormalized">Whether it is looked for once the text is normalised.</param>
internal sealed record AddedForm(string Content, int Id, bool IsSpecial = true, bool TakesSpaceBefore = false, bool IsNormalized = false);
