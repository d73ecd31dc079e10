using System.Globalization;

namespace Scoring;

/// <summary>The refusal of a request whose answer would exceed <see cref="ScoringOptions.MaxAnswerBytes"/>.</summary>
public static class AnswerTooLarge
{
    /// <summary>Fewest bytes of an element in JSON: a digit and a comma.</summary>
    public const int LeastJsonBytes = 2;

    /// <summary>The refusal to throw.</summary>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="leastBytes">What the answer would have at least, where that is known.</param>
    public static ScoringException Of(long maxBytes, long? leastBytes = null)
    {
        var found = leastBytes is { } least ? $"would have at least {Spell(least)} bytes" : "would be larger";
        return new(ErrorCode.BodyTooLarge, $"The answer {found}; expected at most {Spell(maxBytes)} (MaxAnswerBytes). Ask for fewer rows or outputs, or make a value smaller that decides how much the model answers.");
    }

    private static string Spell(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);
}
