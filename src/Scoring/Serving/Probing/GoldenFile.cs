using System.Globalization;
using System.Text.Json;

namespace Scoring.Serving.Probing;

/// <summary>Reads <c>golden.json</c>: <c>{"tolerance":1e-6,"cases":[{"name":…,"instance":…,"prediction":…,"tolerance":…}]}</c>.</summary>
public static class GoldenFile
{
    /// <summary>What two numbers may differ by where the file does not say.</summary>
    public const double DefaultTolerance = 1e-6;

    /// <summary>The cases of a file; none when <paramref name="path"/> is null.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the file is not what it should be; the message says where.</exception>
    public static IReadOnlyList<GoldenCase> Read(string? path)
    {
        if (path is null)
        {
            return [];
        }

        try
        {
            var json = BoundedFile.Read(path, BoundedFile.MaxGolden);
            if (JsonTexts.Fault(json) is { } fault)
            {
                throw Fault(fault);
            }

            using var document = JsonDocument.Parse(json, Repository.SmallJson.Strict);
            return ReadCases(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Fault($"is not JSON: {e.Message}", e);
        }
    }

    private static List<GoldenCase> ReadCases(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
        {
            throw Fault("has no array 'cases'");
        }

        var tolerance = ReadTolerance(root, DefaultTolerance, "");
        var read = new List<GoldenCase>();
        foreach (var entry in cases.EnumerateArray())
        {
            var where = $"/cases/{read.Count.ToString(CultureInfo.InvariantCulture)}";
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("instance", out var instance) || !entry.TryGetProperty("prediction", out var prediction))
            {
                throw Fault($"{where}: expected an object with 'instance' and 'prediction'");
            }

            var name = entry.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : where;
            read.Add(new GoldenCase(name, instance.Clone(), prediction.Clone(), ReadTolerance(entry, tolerance, where)));
        }

        return read;
    }

    private static double ReadTolerance(JsonElement owner, double otherwise, string where)
    {
        if (!owner.TryGetProperty("tolerance", out var value))
        {
            return otherwise;
        }

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and var tolerance and <= double.MaxValue
            ? tolerance
            : throw Fault($"{where}/tolerance: found {value.GetRawText()}, expected a number of at least 0");
    }

    private static ScoringException Fault(string what, Exception? innerException = null) =>
        new(ErrorCode.ModelUnavailable, $"{Repository.ModelPackage.GoldenFile} {what}.", innerException);
}
