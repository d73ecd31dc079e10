namespace Scoring.Configuration;

/// <summary>Reads the list <c>features</c> of a <c>model.json</c>.</summary>
internal static class FeatureConfigReader
{
    public static IReadOnlyList<FeatureConfig> Read(ConfigNode root)
    {
        var features = new List<FeatureConfig>();
        foreach (var node in root.Nodes("features"))
        {
            if (ReadFeature(node) is { } feature)
            {
                features.Add(feature);
            }
        }

        foreach (var twice in features.GroupBy(feature => feature.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            root.Fault("features", $"'{twice.Key}' stands twice");
        }

        return features;
    }

    private static FeatureConfig? ReadFeature(ConfigNode node)
    {
        var name = node.RequiredText("name") ?? "";
        var type = node.RequiredText("type");
        var input = node.Text("input");
        var description = node.Text("description");
        var unit = node.Text("unit");
        FeatureConfig? feature = type switch
        {
            "number" => ReadNumber(node, name),
            "boolean" => new BooleanFeature { Name = name, Default = node.Boolean("default") },
            "category" => ReadCategory(node, name),
            "text" => TextFeatureReader.Read(node, name),
            "bytes" => ReadBytes(node, name),
            "image" => ImageFeatureReader.Read(node, name),
            _ => null,
        };

        if (feature is null)
        {
            if (type is not null)
            {
                node.Fault("type", $"found '{type}'; expected number, boolean, category, text, bytes, image");
            }

            return null;
        }

        node.Finish("name, type, input, description, unit, default" + feature switch
        {
            NumberFeature => ", min, max, missing",
            CategoryFeature => ", values, other, aliases",
            BytesFeature => ", encoding",
            ImageFeature => ImageFeatureReader.Known,
            TextFeature => ", tokenizer, windows, attentionMask, typeIds",
            _ => "",
        });
        return feature with { Input = input, Description = description, Unit = unit };
    }

    private static BytesFeature ReadBytes(ConfigNode node, string name)
    {
        if (node.Text("encoding") is { } encoding && encoding != BytesFeature.Base64)
        {
            node.Fault("encoding", $"found '{encoding}'; expected {BytesFeature.Base64}");
        }

        return new BytesFeature { Name = name };
    }

    private static NumberFeature ReadNumber(ConfigNode node, string name)
    {
        var feature = new NumberFeature
        {
            Name = name,
            Minimum = node.Number("min"),
            Maximum = node.Number("max"),
            Default = node.Number("default"),
            MissingIsNaN = ReadMissing(node),
        };
        if (feature.Minimum > feature.Maximum)
        {
            node.Fault("min", FormattableString.Invariant($"found {feature.Minimum}; expected at most max, {feature.Maximum}"));
        }

        if (feature.Default < feature.Minimum || feature.Default > feature.Maximum)
        {
            node.Fault("default", FormattableString.Invariant($"found {feature.Default}; expected a value between min and max"));
        }

        return feature;
    }

    private static bool? ReadMissing(ConfigNode node)
    {
        var text = node.Text("missing");
        if (text is not (null or "nan" or "refuse"))
        {
            node.Fault("missing", $"found '{text}'; expected nan or refuse");
        }

        return text is null ? null : text == "nan";
    }

    private static CategoryFeature ReadCategory(ConfigNode node, string name)
    {
        var feature = new CategoryFeature
        {
            Name = name,
            Values = node.Texts("values"),
            Other = node.Texts("other"),
            Aliases = node.Node("aliases")?.RemainingTexts() ?? [],
            Default = node.Text("default"),
        };
        if (feature.Values.Count == 0)
        {
            node.Fault("values", "found none; expected at least one value");
        }

        var all = feature.Values.Concat(feature.Other).Concat(feature.Aliases.Keys).ToList();
        foreach (var twice in all.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            node.Fault("values", $"'{twice.Key}' stands twice among values, other and aliases");
        }

        foreach (var (alias, target) in feature.Aliases.Where(pair => !feature.Values.Contains(pair.Value) && !feature.Other.Contains(pair.Value)))
        {
            node.Fault($"aliases/{alias}", $"found '{target}'; expected one of values or other");
        }

        if (feature.Default is { } fallback && !all.Contains(fallback))
        {
            node.Fault("default", $"found '{fallback}'; expected one of values, other or aliases");
        }

        return feature;
    }
}
