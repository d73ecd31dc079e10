using System.Text.Json;

namespace LocalHost.Hosting;

/// <summary>Reads a JSON settings file into configuration keys.</summary>
internal static class SettingsFile
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Every value of the file under its path, `extensions:http:routePrefix`; nothing when there is no file.</summary>
    /// <exception cref="HostSettingsException">The file is not JSON.</exception>
    public static Dictionary<string, string?> Read(string path)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (!File.Exists(path))
        {
            return values;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            Flatten(document.RootElement, "", values);
            return values;
        }
        catch (JsonException exception)
        {
            throw new HostSettingsException([$"{path} is not JSON: {exception.Message}"]);
        }
    }

    private static void Flatten(JsonElement element, string key, Dictionary<string, string?> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(property.Value, Join(key, property.Name), values);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Flatten(item, Join(key, $"{index}"), values);
                }

                break;
            default:
                values[key] = element.ToString();
                break;
        }
    }

    private static string Join(string key, string name) => key.Length == 0 ? name : $"{key}:{name}";
}
