namespace Scoring.Outcomes;

/// <summary>What of a version outcomes are read by.</summary>
/// <param name="Content">Its content hash, in hex.</param>
/// <param name="Labels">The names of its labels, in the order of its scores; none where they are numbered.</param>
internal sealed record OutcomeVersion(string Content, IReadOnlyList<string> Labels)
{
    /// <summary>The name of a label.</summary>
    public string NameOf(int index) => Labels.Count > 0 ? Labels[index] : index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The index of a label; -1 for one that is none of the version's.</summary>
    /// <param name="name">The label.</param>
    /// <param name="count">Labels of the version.</param>
    public int IndexOf(string name, int count)
    {
        for (var index = 0; index < count; index++)
        {
            if (NameOf(index) == name)
            {
                return index;
            }
        }

        return -1;
    }
}
