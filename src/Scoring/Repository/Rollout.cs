using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Scoring.Repository;

/// <summary>
/// A schedule in the live pointer: versions that have a share of the requests that name no version. The share follows from the clock and the start,
/// so that each instance knows it by itself.
/// </summary>
/// <param name="Id">Tells one rollout from the next; each chooses its visitors anew.</param>
/// <param name="Arms">The versions beside the live one.</param>
/// <param name="Every">How long each step lasts.</param>
/// <param name="Start">When the first step began.</param>
public sealed record Rollout(string Id, IReadOnlyList<RolloutArm> Arms, TimeSpan Every, DateTimeOffset Start)
{
    /// <summary>Most steps, and most versions.</summary>
    public const int MaxSteps = 32;

    /// <summary>When the schedule was stopped; null while it goes on.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>The share in percent of the live version's requests that the candidate scores as well, after the answer; 0 for none.</summary>
    public double Shadow { get; init; }

    /// <summary>When a candidate is braked.</summary>
    public RolloutLimits Limits { get; init; } = RolloutLimits.Usual;

    /// <summary>True for shares that never change: an A/B test.</summary>
    public bool IsEndless => Arms.All(arm => arm.Steps.Count == 1);

    /// <summary>Steps of the schedule.</summary>
    public int StepCount => Arms.Max(arm => arm.Steps.Count);

    /// <summary>Where a visitor stands among all, 0 to 1, on every instance alike. A share takes those below it, so that one who is in stays in while it grows.</summary>
    /// <param name="subject">What the request says of who asks, as UTF-8.</param>
    public double PlaceOf(ReadOnlySpan<byte> subject) => Place(XxHash3.HashToUInt64(subject, Salt));

    /// <summary>Who asks, hashed anew for each rollout. Never 0.</summary>
    /// <param name="subject">Their hash.</param>
    public ulong VisitorOf(ulong subject) => Math.Max(1, XxHash3.HashToUInt64(BitConverter.GetBytes(subject), Salt));

    /// <summary>The step at a time, from 0; -1 before the start, as a clock that is behind sees it.</summary>
    public int StepAt(DateTimeOffset now)
    {
        var since = (PausedAt is { } paused && paused < now ? paused : now) - Start;
        return since < TimeSpan.Zero ? -1 : Every <= TimeSpan.Zero ? 0 : (int)Math.Min(since / Every, StepCount - 1);
    }

    /// <summary>When the next step begins; null where none does.</summary>
    public DateTimeOffset? NextAt(DateTimeOffset now)
    {
        var step = StepAt(now);
        return PausedAt is not null || IsEndless || step >= StepCount - 1 ? null : Start + (Every * (step + 1));
    }

    /// <summary>The same schedule, stopped.</summary>
    public Rollout Paused(DateTimeOffset now) => PausedAt is null ? this with { PausedAt = now } : this;

    /// <summary>The same schedule, going on where it was stopped.</summary>
    public Rollout Resumed(DateTimeOffset now) => PausedAt is { } paused ? this with { PausedAt = null, Start = Start + (now - paused) } : this;

    /// <summary>Whether both give the same versions the same shares for as long, judged by the same limits: whoever asks for one has the other already.</summary>
    public bool IsScheduledAs(Rollout other) =>
        Every == other.Every && Shadow == other.Shadow && Limits == other.Limits && Arms.Count == other.Arms.Count
        && Arms.Zip(other.Arms).All(pair => pair.First.Version == pair.Second.Version && pair.First.Steps.SequenceEqual(pair.Second.Steps));

    /// <summary>Its shares in words, such as <c>1% 10% 50% 100%, 10m each</c>.</summary>
    public override string ToString()
    {
        var shares = string.Join("; ", Arms.Select(arm => string.Join(' ', arm.Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step:0.##}%")))));
        var shadow = Shadow > 0 ? string.Create(CultureInfo.InvariantCulture, $", {Shadow:0.##}% in the shadow") : "";
        return IsEndless ? $"{shares} without an end{shadow}" : $"{shares}, {Every} each{shadow}";
    }

    /// <summary>Makes a schedule with an id of its own.</summary>
    public static Rollout Create(IReadOnlyList<RolloutArm> arms, TimeSpan every, DateTimeOffset start) =>
        new(Guid.NewGuid().ToString("N")[..12], arms, every, start);

    internal static double Place(ulong hash) => (hash >> 11) * (1.0 / (1UL << 53));

    private long Salt { get; } = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(Id));

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    internal static Rollout Read(JsonElement json)
    {
        var arms = json.GetProperty("arms").EnumerateArray()
            .Select(arm => new RolloutArm(arm.Text("version"), [.. arm.GetProperty("steps").EnumerateArray().Select(step => step.GetDouble())])).ToList();
        var rollout = new Rollout(
            json.Text("id"), arms, TimeSpan.FromSeconds(json.TryGetProperty("everySeconds", out var every) ? every.GetDouble() : 0), json.GetProperty("start").GetDateTimeOffset())
        {
            PausedAt = json.TryGetProperty("pausedAt", out var paused) && paused.ValueKind == JsonValueKind.String ? paused.GetDateTimeOffset() : null,
            Shadow = json.TryGetProperty("shadow", out var shadow) ? shadow.GetDouble() : 0,
            Limits = RolloutLimits.Read(json),
        };
        return rollout.FindFault() is { } fault ? throw new FormatException(fault) : rollout;
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("rollout");
        writer.WriteString("id", Id);
        writer.WriteStartArray("arms");
        foreach (var arm in Arms)
        {
            writer.WriteStartObject();
            writer.WriteString("version", arm.Version);
            writer.WriteStartArray("steps");
            foreach (var step in arm.Steps)
            {
                writer.WriteNumberValue(step);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("everySeconds", Every.TotalSeconds);
        writer.WriteString("start", Start);
        if (PausedAt is { } paused)
        {
            writer.WriteString("pausedAt", paused);
        }

        if (Shadow > 0)
        {
            writer.WriteNumber("shadow", Shadow);
        }

        Limits.Write(writer);
        writer.WriteEndObject();
    }

    /// <summary>What is wrong with the schedule; null where nothing is.</summary>
    public string? FindFault()
    {
        if (!PackageNames.IsModel(Id))
        {
            return $"the id '{Id}' is none: expected letters and digits";
        }

        if (Arms.Count is 0 or > MaxSteps || Arms.Any(arm => !PackageNames.IsVersion(arm.Version)) || Arms.DistinctBy(arm => arm.Version).Count() < Arms.Count)
        {
            return $"expected 1 to {MaxSteps} versions, each a positive whole number and each once";
        }

        if (Arms.Any(arm => arm.Steps.Count is 0 or > MaxSteps || arm.Steps.Any(step => step is not (>= 0 and <= 100)) || !arm.Steps.SequenceEqual(arm.Steps.Order())))
        {
            return $"expected 1 to {MaxSteps} steps of 0 to 100 percent, none below the one before it";
        }

        if (Arms.Sum(arm => arm.Steps[^1]) > 100.000001)
        {
            return "the shares of the versions are more than 100 percent together";
        }

        return Every < TimeSpan.Zero || Every > TimeSpan.FromDays(365) ? "expected steps of up to a year"
            : StepCount > 1 && Every == TimeSpan.Zero ? "several steps need to last some time"
            : Shadow is not (>= 0 and <= 100) ? "expected a shadow of 0 to 100 percent"
            : null;
    }
}
