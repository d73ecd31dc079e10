using System.Collections.Frozen;
using Scoring.Repository;

namespace Scoring.Http.Identity;

/// <summary>Which models the holders of a role or the members of a group may use.</summary>
internal sealed class ModelRights
{
    private const string Every = "*";

    private readonly Dictionary<string, string[]>? byName;

    private ModelRights(Dictionary<string, string[]>? byName) => this.byName = byName;

    /// <param name="text">Such as <c>Shop=intent topics,GROUP-ID=*</c>; null or blank lets everybody use every model.</param>
    public static ModelRights Parse(string? text)
    {
        var entries = IdentityOptions.List(text);
        if (entries.Length == 0)
        {
            return new(null);
        }

        var byName = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            var (name, models) = Split(entry);
            byName[name] = [.. byName.GetValueOrDefault(name) ?? [], .. models];
        }

        return new(byName);
    }

    /// <summary>A sentence for each entry that is none.</summary>
    public static IEnumerable<string> FaultsOf(string? text) =>
        from entry in IdentityOptions.List(text)
        let split = Split(entry)
        where split.Name.Length == 0 || split.Models.Length == 0 || !split.Models.All(model => model == Every || PackageNames.IsModel(model))
        select $"found '{entry}'; expected a role or group and its models, such as Shop=intent topics, or Shop=*";

    /// <summary>The models that somebody of these roles and groups may use; null for every one.</summary>
    public FrozenSet<string>? Of(IEnumerable<string> names)
    {
        if (byName is null)
        {
            return null;
        }

        var models = names.SelectMany(name => byName.GetValueOrDefault(name) ?? []).ToFrozenSet(StringComparer.Ordinal);
        return models.Contains(Every) ? null : models;
    }

    private static (string Name, string[] Models) Split(string entry)
    {
        var parts = entry.Split('=', 2, StringSplitOptions.TrimEntries);
        return (parts[0], parts.Length < 2 ? [] : parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
