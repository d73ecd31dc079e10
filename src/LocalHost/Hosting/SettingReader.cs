using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace LocalHost.Hosting;

/// <summary>Reads single settings and gathers what is wrong with them, so that all faults are told at once.</summary>
internal sealed class SettingReader(IConfiguration configuration)
{
    private readonly List<string> faults = [];

    public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

    public int Count(string key, int fallback, int min, int max) =>
        Parse(key, fallback, $"a whole number from {min} to {max}", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null);

    public TimeSpan Time(string key, TimeSpan fallback, TimeSpan min, TimeSpan max) =>
        Parse(key, fallback, $"a time from {min:c} to {max:c}", text =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null);

    public bool Flag(string key) => Parse(key, false, "true or false", text => bool.TryParse(text, out var value) ? value : null);

    public T Parse<T>(string key, T fallback, string expected, Func<string, T?> parse)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (parse(text) is { } value)
        {
            return value;
        }

        Fault(key, text, expected);
        return fallback;
    }

    public void Fault(string key, string found, string expected) => faults.Add($"{Name(key)} is '{found}'; expected {expected}.");

    public void ThrowIfFaulty()
    {
        if (faults.Count > 0)
        {
            throw new HostSettingsException(faults);
        }
    }

    // A setting is named as its reader would look it up: the path inside its file, or the environment variable.
    private static string Name(string key)
    {
        foreach (var (section, file) in new[] { (AppConfiguration.HostJson, "host.json"), (AppConfiguration.LocalSettings, "local.settings.json") })
        {
            if (key.StartsWith($"{section}:", StringComparison.Ordinal))
            {
                return $"{file}: {key[(section.Length + 1)..].Replace(':', '.')}";
            }
        }

        return key;
    }
}
