using System.Text.Json;

namespace LocalHost.Hosting;

/// <summary>Reads a JSON settings file into configuration keys.</summary>
internal static class SettingsFile
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Every value of the file; nothing when there is no file.</summary>
    /// <param name="path">The file's.</param>
    /// <param name="name">Gives the key for a path inside it, `extensions:http:routePrefix`.</param>
    /// <exception cref="HostSettingsException">The file is not JSON.</exception>
    public static Dictionary<string, string?> Read(string path, Func<string, string> name)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (!File.Exists(path))
        {
            return values;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            Flatten(document.RootElement, "", values, name);
            return values;
        }
        catch (JsonException exception)
        {
            throw new HostSettingsException([$"{path} is not JSON: {exception.Message}"]);
        }
    }

    private static void Flatten(JsonElement element, string key, Dictionary<string, string?> values, Func<string, string> name)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(property.Value, Join(key, property.Name), values, name);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(item, Join(key, $"{index++}"), values, name);
                }

                break;
            default:
                values[name(key)] = element.ToString();
                break;
        }
    }

    private static string Join(string key, string child) => key.Length == 0 ? child : $"{key}:{child}";
}
