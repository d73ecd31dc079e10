using System.Buffers;
using System.Text.Json;
using Scoring.Inference;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Encodes instances into rows of the model's inputs. Immutable and shared; the caller brings the buffers and a scratch set of seen features.</summary>
internal sealed class RowEncoder : IDisposable
{
    private readonly FeatureEncoder[] features;
    private readonly bool ignoresUnknown;
    private readonly Utf8Lookup byName;
    private readonly FeatureEncoder? only;
    private readonly string summary;

    public RowEncoder(IReadOnlyList<FeatureEncoder> features, bool ignoresUnknown)
    {
        this.features = [.. features];
        this.ignoresUnknown = ignoresUnknown;
        summary = Summary();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var feature in features)
        {
            indexes[feature.Name] = indexes.Count;
        }

        byName = new Utf8Lookup(indexes);
        var required = features.Where(feature => !feature.HasDefault || feature is TensorEncoder { TakesNaN: true }).ToList();
        only = features.Count == 1 ? features[0] : required.Count == 1 && features.All(feature => feature is TensorEncoder or ObjectEncoder or TextEncoder) ? required[0] : null;
    }

    /// <summary>Count of features; the scratch set needs a bit each.</summary>
    public int Count => features.Length;

    /// <summary>The features in their order.</summary>
    public IReadOnlyList<FeatureEncoder> Features => features;

    /// <summary>Where the features' values stand in a row.</summary>
    public IEnumerable<FeatureColumn> Columns => features.SelectMany(feature => feature.Columns);

    /// <summary>The inputs that text features fill.</summary>
    public IReadOnlyList<TokenInputs> Tokens => [.. features.OfType<TextEncoder>().Select(feature => feature.Inputs)];

    /// <summary>What tokenizes texts, for people; null where nothing does.</summary>
    public string? TokenizerKinds => features.OfType<TextEncoder>().Select(feature => feature.TokenizerKind).Distinct().ToList() is { Count: > 0 } kinds ? string.Join("; ", kinds) : null;

    /// <summary>An instance that can be read, as JSON, for warming up; null where one cannot be made up.</summary>
    public byte[]? Example()
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        foreach (var feature in features)
        {
            writer.WritePropertyName(feature.Name);
            if (!feature.TryWriteExample(writer))
            {
                return null;
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenSpan.ToArray();
    }

    /// <summary>Reads the instance that the reader stands on and leaves it on the instance's last token. False when faults were added; the buffers then hold a row to roll back. Unknown features go to <paramref name="unknown"/> where it is given and are faults otherwise, unless the model ignores them. <paramref name="site"/> learns whether the instance is a bare value.</summary>
    public bool TryRead(ref Utf8JsonReader reader, InputBuffer[] buffers, scoped Span<bool> seen, scoped ref FaultSite site, UnknownFeatures? unknown)
    {
        seen.Clear();
        if (reader.TokenType != JsonTokenType.StartObject || IsBareMap(ref reader))
        {
            return TryReadBare(ref reader, buffers, seen, ref site);
        }

        var before = site.Faults.Count;
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = Find(ref reader, next);
            if (index < 0)
            {
                SkipUnknown(ref reader, site, unknown);
                continue;
            }

            next = index + 1;
            var feature = features[index];
            reader.Read();
            if (seen[index])
            {
                site.Add(ErrorCode.InvalidValue, feature.Name, "given twice; expected once");
                reader.TrySkip();
                continue;
            }

            seen[index] = true;
            if (!feature.TryRead(ref reader, buffers[feature.Input], site))
            {
                reader.TrySkip();
            }
        }

        return Complete(buffers, seen, site) && site.Faults.Count == before;
    }

    /// <summary>Writes defaults for the features not seen. False when one has none.</summary>
    public bool Complete(InputBuffer[] buffers, ReadOnlySpan<bool> seen, FaultSite site)
    {
        var complete = true;
        for (var index = 0; index < features.Length; index++)
        {
            if (seen[index])
            {
                continue;
            }

            var feature = features[index];
            if (feature.HasDefault)
            {
                feature.WriteDefault(buffers[feature.Input]);
            }
            else
            {
                site.AddAbsent(ErrorCode.MissingFeature, feature.Name, $"missing; expected {feature.Expected}");
                complete = false;
            }
        }

        return complete;
    }

    /// <summary>Frees what tokenizers hold beside managed memory. Only once nothing reads instances.</summary>
    public void Dispose()
    {
        foreach (var feature in features.OfType<IDisposable>())
        {
            feature.Dispose();
        }
    }

    /// <summary>The feature of a name, -1 where there is none.</summary>
    public int IndexOf(ReadOnlySpan<byte> name) => byName.TryFind(name, out var index) ? index : -1;

    // A map input takes the instance's object itself, unless its only key is the input's name.
    private bool IsBareMap(ref Utf8JsonReader reader)
    {
        if (only is not ObjectEncoder { TakesObject: true })
        {
            return false;
        }

        var probe = reader;
        return !(probe.Read() && probe.TokenType == JsonTokenType.PropertyName && JsonText.Is(ref probe, only.Utf8Name)
            && probe.Read() && probe.TokenType == JsonTokenType.StartObject);
    }

    private bool TryReadBare(ref Utf8JsonReader reader, InputBuffer[] buffers, scoped Span<bool> seen, scoped ref FaultSite site)
    {
        if (only is null)
        {
            site.Add(ErrorCode.InvalidValue, $"found {Found.Describe(ref reader)}; expected an object with the features {summary}");
            reader.TrySkip();
            return false;
        }

        site = site with { IsBare = true };
        seen[Array.IndexOf(features, only)] = true;
        if (!only.TryRead(ref reader, buffers[only.Input], site))
        {
            reader.TrySkip();
            return false;
        }

        return Complete(buffers, seen, site);
    }

    // Callers tend to write features in the model's order: the next one is tried before the map is asked.
    private int Find(ref Utf8JsonReader reader, int next)
    {
        if (!reader.ValueIsEscaped)
        {
            var name = reader.ValueSpan;
            if (next < features.Length && name.SequenceEqual(features[next].Utf8Name))
            {
                return next;
            }

            return IndexOf(name);
        }

        Span<byte> unescaped = stackalloc byte[512];
        return JsonText.TryCopy(ref reader, unescaped, out var length) ? IndexOf(unescaped[..length]) : -1;
    }

    private void SkipUnknown(ref Utf8JsonReader reader, FaultSite site, UnknownFeatures? unknown)
    {
        if (unknown is not null)
        {
            unknown.Add(reader.ValueSpan);
        }
        else if (!ignoresUnknown && !site.Faults.IsFull)
        {
            var name = Found.Name(ref reader);
            site.Add(ErrorCode.UnknownFeature, name, $"not a feature of this model; expected {summary}");
        }

        reader.Read();
        reader.TrySkip();
    }

    private string Summary()
    {
        const int MaxNames = 30;
        var names = string.Join(", ", features.Take(MaxNames).Select(feature => feature.Name));
        return features.Length > MaxNames ? $"{names} and {features.Length - MaxNames} more" : names;
    }
}
