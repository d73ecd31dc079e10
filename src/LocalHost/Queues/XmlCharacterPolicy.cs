using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace LocalHost.Queues;

/// <summary>
/// Puts U+FFFD in the place of characters that XML cannot carry, such as U+0001, in what the storage answers. The emulator takes messages with them and Azure's service
/// does not; the client cannot read an answer that holds one, so that the message and all that were fetched with it would never be seen. An emulator that fails over such a
/// message itself (500) hides it and what was asked for with it for their lease: <see cref="HasFailed"/> tells, so that the next are asked for one at a time. Thread safe.
/// </summary>
internal sealed partial class XmlCharacterPolicy(ILogger logger) : HttpPipelineSynchronousPolicy
{
    private volatile bool hasFailed;

    /// <summary>Whether the storage has failed to hand messages over.</summary>
    public bool HasFailed => hasFailed;

    public override void OnReceivedResponse(HttpMessage message)
    {
        if (message.Request.Method == RequestMethod.Get && message.Response.Status == (int)HttpStatusCode.InternalServerError && message.Request.Uri.Path.EndsWith("/messages", StringComparison.Ordinal))
        {
            hasFailed = true;
            LogNotHandedOver(logger, message.Request.Uri.Path);
        }

        if (message.Request.Method != RequestMethod.Get || message.Response.ContentStream is not MemoryStream content)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(content.ToArray());
        var mended = Mend(text);
        content.Position = 0;
        if (mended != text)
        {
            LogMended(logger, message.Request.Uri.Path);
            message.Response.ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(mended));
        }
    }

    /// <summary>The text with every character, written out or as a reference, that XML cannot carry replaced.</summary>
    public static string Mend(string text)
    {
        var mended = References().Replace(text, match => IsAllowed(match.Groups[1].Value) ? match.Value : "\uFFFD");
        return Controls().Replace(mended, "\uFFFD");
    }

    private static bool IsAllowed(string reference)
    {
        var isHex = reference[0] == 'x';
        return int.TryParse(isHex ? reference[1..] : reference, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && (code > char.MaxValue ? code <= 0x10FFFF : XmlConvert.IsXmlChar((char)code));
    }

    [GeneratedRegex("&#(x[0-9a-fA-F]+|[0-9]+);")]
    private static partial Regex References();

    [GeneratedRegex("[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]")]
    private static partial Regex Controls();

    [LoggerMessage(EventId = 6014, Level = LogLevel.Warning, Message = "The storage fails to hand over a message of '{Path}' (500), as an emulator does that holds one with characters that XML cannot carry; it stays hidden, and others are taken one at a time from now on")]
    private static partial void LogNotHandedOver(ILogger logger, string path);

    [LoggerMessage(EventId = 6013, Level = LogLevel.Warning, Message = "A message of '{Path}' holds characters that XML cannot carry; U+FFFD stands in their place")]
    private static partial void LogMended(ILogger logger, string path);
}
