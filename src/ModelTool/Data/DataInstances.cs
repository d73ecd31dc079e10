using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring.Configuration;
using Scoring.Csv;
using Scoring.Serving;

namespace ModelTool.Data;

/// <summary>The rows of a data file as a request would send them: JSON, with the columns that the model knows alone.</summary>
internal sealed class DataInstances
{
    private readonly HashSet<string> known;
    private readonly Dictionary<string, FeatureConfig> features;
    private readonly IReadOnlyList<string>? columns;
    private readonly CsvParser parser = new();

    /// <param name="path">The file; what does not end in <c>.csv</c> is JSON lines.</param>
    /// <param name="model">Whose features the columns are.</param>
    public DataInstances(string path, LoadedModel model)
    {
        features = model.Config.Features.ToDictionary(feature => feature.Name, StringComparer.Ordinal);
        known = features.Count > 0 ? [.. features.Keys] : [.. model.Signature.Inputs.Select(input => input.Name)];
        columns = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? CsvHeader.Parse(CsvRecords.Split(File.ReadAllBytes(path))[0].Span).Names : null;
    }

    /// <summary>One row.</summary>
    /// <exception cref="JsonException">A property stands twice.</exception>
    public JsonNode Of(DataRow row)
    {
        if (columns is null)
        {
            var instance = JsonNode.Parse(row.Bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!;
            if (instance is JsonObject named)
            {
                foreach (var name in named.Select(property => property.Key).Where(name => !known.Contains(name)).ToList())
                {
                    named.Remove(name);
                }
            }

            return instance;
        }

        var record = parser.Parse(row.Bytes.ToArray());
        var cells = new JsonObject();
        for (var index = 0; index < columns.Count && index < record.FieldCount; index++)
        {
            if (known.Contains(columns[index]) && record[index].Length > 0)
            {
                cells[columns[index]] = Value(columns[index], Encoding.UTF8.GetString(record[index]));
            }
        }

        return cells;
    }

    private JsonValue Value(string name, string cell) => features.GetValueOrDefault(name) switch
    {
        BooleanFeature when cell is "1" || cell.Equals("true", StringComparison.OrdinalIgnoreCase) => JsonValue.Create(true),
        BooleanFeature when cell is "0" || cell.Equals("false", StringComparison.OrdinalIgnoreCase) => JsonValue.Create(false),
        NumberFeature or null when double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(cell),
    };
}
