using System.Text;

namespace TestCommon;

/// <summary>Damages good bodies, the same way for the same seed.</summary>
internal static class DamagedBodies
{
    // What JSON is made of, and what its readers stumble over.
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-", "0", "9", "1e999", "-1", "9223372036854775808", "4294967296", "NaN", "-Infinity",
            "[[", "]]", "[],", "{}", "\"x\":", "\"shape\":[0]", "\"shape\":[1000000,1000000]", "\"data\":[1]", "\"parameters\":{\"binary_data_size\":4}", "\"datatype\":\"BYTES\"", "\ufeff", "\0", " ",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80],
    ];

    /// <summary>A copy with one to four places changed: something put in, left out, replaced or doubled.</summary>
    public static byte[] Damage(byte[] body, Random random)
    {
        var bytes = new List<byte>(body);
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2 when length > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
