namespace ModelTool.Data;

/// <summary>How a data file may spell a model's labels: by name, or, of two, the second as true or 1 and the first as false or 0.</summary>
internal sealed class LabelNames(IReadOnlyList<string> labels)
{
    /// <summary>Index of the label; -1 for what is none.</summary>
    public int IndexOf(string? text)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            if (labels[index] == text)
            {
                return index;
            }
        }

        return labels.Count != 2 ? -1
            : text is "1" || string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) ? 1
            : text is "0" || string.Equals(text, "false", StringComparison.OrdinalIgnoreCase) ? 0
            : -1;
    }

    /// <summary>True where every value is a label and there is more than one.</summary>
    public bool Fit(IEnumerable<string> values)
    {
        var distinct = values.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count > 1 && distinct.TrueForAll(value => IndexOf(value) >= 0);
    }
}
