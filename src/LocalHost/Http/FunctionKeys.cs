using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace LocalHost.Http;

/// <summary>The keys of the app, LOCALHOST_FUNCTION_KEY and LOCALHOST_ADMIN_KEY. Thread safe.</summary>
internal sealed partial class FunctionKeys(string function, string? admin)
{
    private const string Header = "x-functions-key";
    private const string Query = "code";
    private const int MaxKeyBytes = 256;

    private readonly byte[] function = Encoding.UTF8.GetBytes(function);
    private readonly byte[]? admin = admin is null ? null : Encoding.UTF8.GetBytes(admin);

    /// <summary>Makes a function key where neither is configured, and logs it, once: nobody could call the app otherwise.</summary>
    public static FunctionKeys Read(IConfiguration configuration, ILogger logger)
    {
        var admin = configuration["LOCALHOST_ADMIN_KEY"] is { Length: > 0 } adminKey ? adminKey : null;
        if (configuration["LOCALHOST_FUNCTION_KEY"] is { Length: > 0 } functionKey)
        {
            return new(functionKey, admin);
        }

        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        if (admin is null)
        {
            LogMade(logger, made);
        }

        return new(made, admin);
    }

    /// <summary>Whether the request carries a key for this level. As on Azure's host the header goes before the query, and an admin key opens every level.</summary>
    public bool Open(AuthorizationLevel level, HttpRequest request)
    {
        if (level == AuthorizationLevel.Anonymous)
        {
            return true;
        }

        if (!request.Headers.TryGetValue(Header, out var values) && !request.Query.TryGetValue(Query, out values))
        {
            return false;
        }

        var text = values[0] ?? "";
        Span<byte> buffer = stackalloc byte[MaxKeyBytes];
        if (!Encoding.UTF8.TryGetBytes(text, buffer, out var written))
        {
            return false;
        }

        var given = buffer[..written];
        return (level == AuthorizationLevel.Function && CryptographicOperations.FixedTimeEquals(given, function))
            || (admin is not null && CryptographicOperations.FixedTimeEquals(given, admin));
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "Neither LOCALHOST_FUNCTION_KEY nor LOCALHOST_ADMIN_KEY is set; this run's function key is {Key}")]
    private static partial void LogMade(ILogger logger, string key);
}
