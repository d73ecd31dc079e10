using System.Text.Json;
using Scoring.Repository;

namespace Scoring.Serving.Rollouts;

/// <summary>The record that ends a candidate's share on every instance.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Rollout">The rollout's id.</param>
/// <param name="Version">The candidate.</param>
/// <param name="Reason">In which respect it was worse.</param>
/// <param name="Detail">The figures, for people.</param>
/// <param name="At">When, by the clock of the instance that saw it.</param>
/// <param name="By">The machine that saw it.</param>
public sealed record RolloutBrake(string Model, string Rollout, string Version, BrakeReason Reason, string Detail, DateTimeOffset At, string By)
{
    /// <summary>The reason as metrics and JSON name it.</summary>
    public string Word => NameOf(Reason);

    /// <summary>The record's path in the container or folder <c>verdicts</c>.</summary>
    internal string Path => PathOf(Model, Rollout, Version);

    /// <summary>The brake as the model's history tells it.</summary>
    internal HistoryEntry ToHistory() => new(At, HistoryEntry.Braked, Version, null, $"brake on {By}", $"{Word}: {Detail}", null);

    internal static string PathOf(string model, string rollout, string version) => $"{FolderOf(model)}{rollout}-{version}.json";

    internal static string FolderOf(string model) => $"rollouts/{model}/";

    internal static string NameOf(BrakeReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    /// <summary>Reads what was written; null where there is none, or where it is damaged.</summary>
    internal static RolloutBrake? Read(byte[]? json) => SmallJson.Read(json, static root => new RolloutBrake(
        root.Text("model"), root.Text("rollout"), root.Text("version"), Enum.Parse<BrakeReason>(root.Text("reason"), ignoreCase: true), root.Text("detail"),
        root.GetProperty("at").GetDateTimeOffset(), root.OptionalText("by") ?? ""));

    internal byte[] ToJson() => SmallJson.Write(writer =>
    {
        writer.WriteString("model", Model);
        writer.WriteString("rollout", Rollout);
        writer.WriteString("version", Version);
        writer.WriteString("reason", Word);
        writer.WriteString("detail", Detail);
        writer.WriteString("at", At);
        writer.WriteString("by", By);
    });
}
