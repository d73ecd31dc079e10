using System.Globalization;
using System.Text.Json;
using Scoring.Telemetry;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// What one process saw of a rollout, as it is stored: <c>requests/{model}/{rollout}/{id}.json</c> in the container <c>verdicts</c>, or for a folder without storage in its folder <c>.verdicts</c>.
/// </summary>
internal static class TallyFile
{
    // Answers by their slice of time mean something only to who cuts it in as many.
    private static readonly int Slices = DurationBuckets.SliceCount;

    /// <summary>The folder of a rollout's files, with the slash behind it.</summary>
    public static string FolderOf(string model, string rollout) => $"requests/{model}/{rollout}/";

    /// <summary>The file's content.</summary>
    public static byte[] Write(TallySum sum)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("slices"u8, Slices);
            writer.WriteStartArray("versions"u8);
            foreach (var (step, version, tally) in sum.All)
            {
                writer.WriteStartObject();
                writer.WriteNumber("step"u8, step);
                writer.WriteString("version"u8, version);
                writer.WriteNumber("requests"u8, tally.Requests);
                writer.WriteNumber("failed"u8, tally.Failed);
                writer.WriteStartObject("answered"u8);
                foreach (var (slice, count) in tally.Latency.Slices)
                {
                    writer.WriteNumber(slice.ToString(CultureInfo.InvariantCulture), count);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Adds a file's content to a sum; nothing of one that cannot be read.</summary>
    /// <returns>Whether it could be read.</returns>
    public static bool TryAdd(ReadOnlyMemory<byte> json, TallySum to)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.GetProperty("slices").GetInt32() != Slices)
            {
                return false;
            }

            var read = root.GetProperty("versions").EnumerateArray().Select(each => (
                Step: each.GetProperty("step").GetInt32(),
                Version: each.GetProperty("version").GetString()!,
                Requests: each.GetProperty("requests").GetInt64(),
                Failed: each.GetProperty("failed").GetInt64(),
                Answered: each.GetProperty("answered").EnumerateObject().Select(slice => (Slice: int.Parse(slice.Name, CultureInfo.InvariantCulture), Count: slice.Value.GetInt64())).ToList())).ToList();
            if (read.Any(each => !Repository.PackageNames.IsVersion(each.Version) || each.Answered.Any(slice => slice.Slice < 0 || slice.Slice >= Slices)))
            {
                return false;
            }

            foreach (var each in read)
            {
                to.Of(each.Step, each.Version).Add(each.Requests, each.Failed, each.Answered);
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
