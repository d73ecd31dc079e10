using System.Globalization;

namespace ModelTool.Verbs;

/// <summary>Numbers as reports spell them.</summary>
internal static class Figures
{
    public static string Duration(double microseconds) => microseconds switch
    {
        >= 1e6 => Text($"{microseconds / 1e6:0.00} s"),
        >= 1e3 => Text($"{microseconds / 1e3:0.00} ms"),
        _ => Text($"{microseconds:0.0} µs"),
    };

    public static string Count(double count) => Math.Round(count).ToString("#,0", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes) => bytes >= 10_000_000 ? Text($"{bytes / 1e6:0.0} MB") : Text($"{bytes:#,0} bytes");

    public static string Text(FormattableString text) => FormattableString.Invariant(text);
}
