using Scoring.Csv;
using Scoring.Features;
using Scoring.Inference.Buffers;

namespace Scoring.Serving;

/// <summary>Which column of a CSV file, or of one whose columns have types, feeds which feature of a model. Immutable.</summary>
public sealed class CsvBinding
{
    private readonly RowEncoder encoder;
    private readonly int[] featureOfColumn;

    /// <summary>Binds the columns of a header, by name; a column that the model does not know is left out.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/> when a name stands twice; <see cref="ErrorCode.MissingFeature"/> when a feature without a default has no column.</exception>
    public CsvBinding(IReadOnlyList<string> header, LoadedModel model)
    {
        encoder = model.Encoder;
        featureOfColumn = new int[header.Count];
        var unknown = new List<string>();
        var faults = new FaultList();
        var bound = new bool[encoder.Count];
        for (var column = 0; column < featureOfColumn.Length; column++)
        {
            var name = header[column];
            var feature = encoder.IndexOf(System.Text.Encoding.UTF8.GetBytes(name));
            featureOfColumn[column] = feature;
            if (feature < 0)
            {
                unknown.Add(name);
            }
            else if (bound[feature])
            {
                faults.Add(ErrorCode.InvalidValue, "", $"the column '{name}' stands twice in the header");
            }
            else
            {
                bound[feature] = true;
            }
        }

        for (var feature = 0; feature < bound.Length; feature++)
        {
            if (!bound[feature] && !encoder.Features[feature].HasDefault)
            {
                faults.Add(ErrorCode.MissingFeature, "", $"the header has no column '{encoder.Features[feature].Name}', a feature without a default");
            }
        }

        if (faults.Count > 0)
        {
            throw faults.ToException();
        }

        UnknownColumns = unknown;
    }

    /// <summary>Columns that the model does not know, in the file's order.</summary>
    public IReadOnlyList<string> UnknownColumns { get; }

    internal bool TryRead(CsvRow row, InputBuffer[] buffers, Span<bool> seen, FaultSite site)
    {
        if (row.FieldCount != featureOfColumn.Length)
        {
            site.Add(ErrorCode.InvalidValue, $"found {row.FieldCount} fields; expected {featureOfColumn.Length} as in the header");
            return false;
        }

        var before = site.Faults.Count;
        seen.Clear();
        for (var column = 0; column < featureOfColumn.Length; column++)
        {
            var index = featureOfColumn[column];
            if (index < 0)
            {
                continue;
            }

            seen[index] = true;
            var feature = encoder.Features[index];
            var field = row[column];
            if (!field.IsEmpty)
            {
                feature.TryParse(field, buffers[feature.Input], site);
            }
            else if (!feature.TryWriteMissing(buffers[feature.Input]))
            {
                site.Add(ErrorCode.MissingFeature, feature.Name, $"found a blank cell; expected {feature.Expected}");
            }
        }

        return encoder.Complete(buffers, seen, site) && site.Faults.Count == before;
    }

    /// <summary>Reads a row of <see cref="TypedValue"/>s, one for each column.</summary>
    internal bool TryRead(ReadOnlySpan<byte> row, InputBuffer[] buffers, Span<bool> seen, FaultSite site)
    {
        var before = site.Faults.Count;
        seen.Clear();
        foreach (var index in featureOfColumn)
        {
            var value = TypedValue.Read(row, out var length);
            row = row[length..];
            if (index >= 0)
            {
                seen[index] = true;
                var feature = encoder.Features[index];
                feature.TryTake(value, buffers[feature.Input], site);
            }
        }

        return encoder.Complete(buffers, seen, site) && site.Faults.Count == before;
    }
}
