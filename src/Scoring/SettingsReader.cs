using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Scoring;

/// <summary>Reads the settings of one section. A value that cannot be read is a fault and leaves the default, so that all faults are named together.</summary>
/// <param name="section">Where the settings are.</param>
/// <param name="faults">Gets a sentence for each value that cannot be read: setting, found, expected.</param>
internal sealed class SettingsReader(IConfigurationSection section, ICollection<string> faults)
{
    /// <summary>The text of a setting; <paramref name="otherwise"/> where it is absent or blank.</summary>
    public string? Text(string name, string? otherwise) => string.IsNullOrWhiteSpace(section[name]) ? otherwise : section[name]!.Trim();

    /// <summary>Texts with commas between them, or the section's children. Of some, without which everything is allowed, one that is set and names nothing, such as a comma, is a fault.</summary>
    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> otherwise, bool mustName = false)
    {
        var value = section.GetSection(name);
        IReadOnlyList<string> texts = value.Value is { } text ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : value.Exists() ? [.. value.GetChildren().Select(child => child.Value).OfType<string>()]
            : otherwise;
        if (mustName && texts.Count == 0 && value.Exists() && value.Value is not "")
        {
            faults.Add($"{name}: found '{value.Value}', which names nothing; expected a name, several with commas between, or no value at all");
        }

        return texts;
    }

    /// <summary>Texts by two names, from the section's children and theirs.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Tables(string name, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> otherwise)
    {
        var value = section.GetSection(name);
        return !value.Exists() ? otherwise : value.GetChildren().ToDictionary(
            table => table.Key,
            IReadOnlyDictionary<string, string> (table) => table.GetChildren().Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!),
            StringComparer.OrdinalIgnoreCase);
    }

    public int Whole(string name, int otherwise) => Read(name, otherwise, WholeNumber);

    public long Whole(string name, long otherwise) => Read(name, otherwise, WholeNumber);

    public bool Flag(string name, bool otherwise) => Read(name, otherwise, (string text, out bool value) => bool.TryParse(text, out value) ? null : "true or false");

    public TimeSpan Time(string name, TimeSpan otherwise) =>
        Read(name, otherwise, (string text, out TimeSpan value) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value) ? null : "a time such as 00:00:10");

    public T OneOf<T>(string name, T otherwise)
        where T : struct, Enum =>
        Read(name, otherwise, (string text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) ? null : string.Join(" or ", Enum.GetNames<T>()));

    private static string? WholeNumber<T>(string text, out T value)
        where T : struct, IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out value) ? null : "a whole number";

    private T Read<T>(string name, T otherwise, Parse<T> parse)
    {
        if (Text(name, null) is not { } text)
        {
            return otherwise;
        }

        if (parse(text, out var value) is not { } expected)
        {
            return value;
        }

        faults.Add($"{name}: found '{text}'; expected {expected}");
        return otherwise;
    }

    /// <summary>Reads a text.</summary>
    /// <returns>What was expected; null when the text could be read.</returns>
    private delegate string? Parse<T>(string text, out T value);
}
