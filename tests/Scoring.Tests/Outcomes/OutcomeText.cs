using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scoring.Tests.Outcomes;

/// <summary>Lines of outcomes as they are stored.</summary>
internal static class OutcomeText
{
    public const string Content = "0123456789abcdef";

    public static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The nonce of the receipt of a number.</summary>
    public static string Nonce(int receipt) => Base64Url.EncodeToString(SHA256.HashData(BitConverter.GetBytes(receipt)).AsSpan(0, 12));

    /// <summary>A line of a model of two labels.</summary>
    /// <param name="receipt">Number of the receipt.</param>
    /// <param name="purchase">The probability of the second label.</param>
    /// <param name="index">Which label came true.</param>
    /// <param name="received">When it was told; null for an hour after the prediction.</param>
    /// <param name="issued">When it was predicted; null for <see cref="Start"/>.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="content">Of the version.</param>
    /// <param name="visitor">Who asked, where a rollout dealt the request out.</param>
    public static string Line(int receipt, double purchase, int index, DateTimeOffset? received = null, DateTimeOffset? issued = null, double weight = 1, string content = Content, uint? visitor = null)
    {
        var (from, to) = (issued ?? Start, received ?? (issued ?? Start).AddHours(1));
        var weighted = weight == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"weight\":{weight}");
        var dealt = visitor is null ? "" : $",\"visitor\":{visitor}";
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"nonce":"{{Nonce(receipt)}}","model":"intent","version":3,"content":"{{content}}","issued":"{{from:yyyy-MM-ddTHH:mm:ssZ}}","received":"{{to:yyyy-MM-ddTHH:mm:ss.fffffffZ}}","task":"classification","predicted":"{{(purchase > 0.5 ? "purchase" : "browse")}}","probabilities":[{{Math.Round(1 - purchase, 6)}},{{Math.Round(purchase, 6)}}],"label":"{{(index == 1 ? "purchase" : "browse")}}","index":{{index}}{{weighted}}{{dealt}}}""");
    }

    /// <summary>Writes a file of lines, as <c>intent/{version}/{day}/{name}.jsonl</c> below a folder.</summary>
    public static void Write(string folder, string name, IEnumerable<string> lines, string day = "2026-03-02", string version = "3", string end = "\n")
    {
        var path = Path.Combine(folder, "intent", version, day, $"{name}.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Join('\n', lines) + end, new UTF8Encoding(false));
    }
}
