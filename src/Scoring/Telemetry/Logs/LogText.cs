using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Scoring.Telemetry.Logs;

/// <summary>
/// What may leave the process of a log's words: no key, no query string, and no value of an input, which our faults call <c>found …</c> and others put in quotes.
/// </summary>
internal static partial class LogText
{
    private const string Template = "{OriginalFormat}";

    // Arguments that repeat what an exception or a fault says.
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal) { "Cause", "Detail", "Reason", "Errors" };

    /// <summary>A message's text of its template and its arguments; null where an argument is itself a secret.</summary>
    public static string? Of(IReadOnlyList<KeyValuePair<string, object?>> state, string fallback)
    {
        if (state.FirstOrDefault(argument => argument.Key == Template).Value is not string template)
        {
            return Clean(fallback);
        }

        var text = new StringBuilder(template);
        foreach (var (name, value) in state)
        {
            if (name is "Key")
            {
                return null;
            }

            if (name != Template)
            {
                var words = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                text.Replace($"{{{name}}}", Told.Contains(name) ? Clean(words) : WithoutSecrets(words));
            }
        }

        return text.ToString();
    }

    /// <summary>The first line of an exception's message.</summary>
    public static string Of(Exception exception) => Clean(exception.Message.Split('\n')[0].TrimEnd());

    private static string Clean(string text) => Status().Replace(Found().Replace(Quoted().Replace(WithoutSecrets(text), "$1…$1"), "found …"), "Status Message: …");

    private static string WithoutSecrets(string text) => Secret().Replace(Query().Replace(text, "?…"), "$1=…");

    [GeneratedRegex(@"(?<=://[^\s?]*)\?[^\s""']*")]
    private static partial Regex Query();

    [GeneratedRegex(@"\b(AccountKey|SharedAccessSignature|InstrumentationKey|sig|code|x-functions-key)\s*[=:]\s*[^\s;&,""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex("""(["'])(?:(?!\1).)+\1""")]
    private static partial Regex Quoted();

    // Up to what was expected; there, it is the model's own.
    [GeneratedRegex(@"\bfound (?:.*(?=; expected\b)|.*)", RegexOptions.Singleline)]
    private static partial Regex Found();

    // What ONNX Runtime says of a node that failed may tell the element that it failed on.
    [GeneratedRegex("Status Message: .*", RegexOptions.Singleline)]
    private static partial Regex Status();
}
