using System.CommandLine;

namespace ModelTool.Verbs;

/// <summary>Arguments and options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Argument<string> Model() => new("model") { Description = "A package's folder or an ONNX file." };

    public static Argument<string> Package() => new("package") { Description = "A package: a folder with model.onnx and what belongs to it." };

    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON." };

    public static Option<string?> Data(string description) => new("--data") { Description = description };

    public static Option<string?> Label() => new("--label")
    {
        Description = "The column of --data that tells what happened. Default: the only column beside the features whose every value is a label (by name; of two labels also TRUE and FALSE, 1 and 0).",
    };

    public static Option<string> Provider() => new("--provider")
    {
        Description = "Execution providers in order of preference, such as cuda,cpu. One that is not here is refused with what to install.",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>The names in the option <see cref="Provider"/>.</summary>
    public static string[] Providers(string given) => given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static Option<int> Sequence() => new("--sequence") { Description = "Length of the dimensions that the model leaves open, where inputs are made up.", DefaultValueFactory = _ => 64 };

    public static Option<string?> Why() => new("--why") { Description = "The reason, for the model's history." };

    public static Option<string?> By() => new("--by") { Description = "Who does it, for the model's history. Default: GITHUB_ACTOR, else the user and the machine." };

    /// <summary>Who does it, where the verb was not told.</summary>
    public static string ByDefault() => Environment.GetEnvironmentVariable("GITHUB_ACTOR") is { Length: > 0 } actor ? actor : $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>A time before now: <c>30m</c>, <c>12h</c> or <c>7d</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TimeSpan Age(string option, string text)
    {
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch { 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => TimeSpan.Zero };
        return unit > TimeSpan.Zero && int.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000
            ? count * unit
            : throw new FormatException($"{option} {text}: expected a time before now, such as 30m, 12h or 7d.");
    }

    /// <summary>Adds examples below the help of a verb.</summary>
    public static Command WithExamples(this Command command, params string[] examples)
    {
        command.Description += $"{Environment.NewLine}{Environment.NewLine}Examples:{Environment.NewLine}{string.Join(Environment.NewLine, examples.Select(example => $"  model {example}"))}";
        return command;
    }
}
