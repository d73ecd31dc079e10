using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Scoring;

/// <summary>Fills the options from their section; a value that cannot be read is remembered as a fault for the validator, so that all are named together.</summary>
internal sealed class ScoringOptionsReader(IConfiguration configuration) : IConfigureOptions<ScoringOptions>
{
    public void Configure(ScoringOptions options)
    {
        var section = configuration.GetSection(ScoringOptions.Section);
        foreach (var property in typeof(ScoringOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var value = section.GetSection(property.Name);
            if (property.PropertyType == typeof(IReadOnlyList<string>))
            {
                ReadList(options, property, value);
            }
            else if (!string.IsNullOrWhiteSpace(value.Value))
            {
                ReadScalar(options, property, value.Value.Trim());
            }
        }
    }

    private static void ReadList(ScoringOptions options, PropertyInfo property, IConfigurationSection value)
    {
        var items = value.Value is { } text
            ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. value.GetChildren().Select(child => child.Value).OfType<string>()];
        if (value.Exists())
        {
            property.SetValue(options, items);
        }
    }

    private static void ReadScalar(ScoringOptions options, PropertyInfo property, string text)
    {
        object? value = property.PropertyType switch
        {
            { } type when type == typeof(string) => text,
            { } type when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            { } type when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            { } type when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            { } type when type == typeof(TimeSpan) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null,
            { IsEnum: true } type => Enum.TryParse(type, text, ignoreCase: true, out var choice) && Enum.IsDefined(type, choice!) ? choice : null,
            { } type => throw new NotSupportedException($"{property.Name} has the type {type}."),
        };
        if (value is null)
        {
            options.ReadFaults.Add($"{property.Name}: found '{text}'; expected {Expected(property.PropertyType)}");
        }
        else
        {
            property.SetValue(options, value);
        }
    }

    private static string Expected(Type type) => type == typeof(TimeSpan) ? "a time such as 00:00:10" : type == typeof(bool) ? "true or false" : type.IsEnum ? string.Join(" or ", Enum.GetNames(type)) : "a whole number";
}
