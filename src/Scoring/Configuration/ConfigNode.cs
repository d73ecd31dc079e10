using System.Text.Json;

namespace Scoring.Configuration;

/// <summary>One JSON object of a configuration file, read property by property; every fault is gathered, and properties that nothing read are faults too.</summary>
internal sealed class ConfigNode
{
    private readonly Dictionary<string, JsonElement> properties = new(StringComparer.Ordinal);
    private readonly List<string> faults;
    private readonly string path;

    public ConfigNode(JsonElement element, string path, List<string> faults)
    {
        this.faults = faults;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{(path.Length == 0 ? "the file" : path)}: found {element.ValueKind}; expected an object");
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!properties.TryAdd(property.Name, property.Value))
            {
                faults.Add($"{Path(property.Name)}: given twice");
            }
        }
    }

    /// <summary>The names of the properties not read yet.</summary>
    public IReadOnlyList<string> Names => [.. properties.Keys];

    public bool Has(string name) => properties.ContainsKey(name);

    public JsonElement? Take(string name) => properties.Remove(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text that stays to be read; null where there is none.</summary>
    public string? PeekText(string name) => properties.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public string? Text(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Fault(name, $"found {Found(value)}; expected a text");
        return null;
    }

    public string? RequiredText(string name)
    {
        if (!Has(name))
        {
            Fault(name, "missing; expected a text");
            return null;
        }

        return Text(name);
    }

    public double? Number(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Fault(name, $"found {Found(value)}; expected a number");
        return null;
    }

    public bool? Boolean(string name)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Fault(name, $"found {Found(value)}; expected true or false");
        return null;
    }

    public IReadOnlyList<string> Texts(string name) => List(name, "a text", value => value.ValueKind == JsonValueKind.String ? value.GetString() : null);

    public IReadOnlyList<double> Numbers(string name)
    {
        var numbers = List(name, "a number", value => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : (double?)null);
        return Arrays.Make(numbers.Count, index => numbers[index]!.Value);
    }

    public IReadOnlyList<ConfigNode> Nodes(string name)
    {
        var index = 0;
        return List(name, "an object", value => new ConfigNode(value, $"{Path(name)}/{index++}", faults));
    }

    public ConfigNode? Node(string name) => Take(name) is { } value ? new ConfigNode(value, Path(name), faults) : null;

    /// <summary>The properties not read yet, as numbers by name.</summary>
    public Dictionary<string, double> RemainingNumbers()
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in properties.Keys.ToList())
        {
            if (Number(name) is { } number)
            {
                numbers[name] = number;
            }
        }

        return numbers;
    }

    /// <summary>The properties not read yet, as texts by name.</summary>
    /// <param name="mayBeEmpty">Whether an empty text is one.</param>
    public Dictionary<string, string> RemainingTexts(bool mayBeEmpty = false)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in properties.Keys.ToList())
        {
            if (mayBeEmpty && properties[name] is { ValueKind: JsonValueKind.String } value && value.ValueEquals(""u8))
            {
                texts[name] = "";
                properties.Remove(name);
            }
            else if (Text(name) is { } text)
            {
                texts[name] = text;
            }
        }

        return texts;
    }

    /// <summary>The properties not read yet, texts, numbers and booleans, as texts by name.</summary>
    public Dictionary<string, string> RemainingScalars()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            if (Take(name) is not { } value)
            {
                continue;
            }

            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                texts[name] = value.ToString();
            }
            else
            {
                Fault(name, $"found {Found(value)}; expected a text, a number or a boolean");
            }
        }

        return texts;
    }

    public void Fault(string name, string detail) => faults.Add($"{Path(name)}: {detail}");

    /// <summary>Adds a fault for each property that nothing read.</summary>
    public void Finish(string known)
    {
        foreach (var name in properties.Keys)
        {
            Fault(name, $"not a property here; known are {known}");
        }

        properties.Clear();
    }

    private List<T> List<T>(string name, string expected, Func<JsonElement, T?> read)
    {
        var items = new List<T>();
        if (Take(name) is not { } value)
        {
            return items;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Fault(name, $"found {Found(value)}; expected an array");
            return items;
        }

        foreach (var element in value.EnumerateArray())
        {
            if (read(element) is { } item)
            {
                items.Add(item);
            }
            else
            {
                Fault($"{name}/{items.Count}", $"found {Found(element)}; expected {expected}");
            }
        }

        return items;
    }

    private string Path(string name) => $"{path}/{name}";

    private static string Found(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length > 40 ? text[..40] + "…" : text;
    }
}
