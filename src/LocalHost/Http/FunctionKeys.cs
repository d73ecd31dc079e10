using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Triggers;

namespace LocalHost.Http;

/// <summary>
/// The keys of the app: LOCALHOST_FUNCTION_KEY opens every function, as a host key does on Azure's host; LOCALHOST_SCORING_KEY, LOCALHOST_JOBS_KEY,
/// LOCALHOST_OUTCOMES_KEY and LOCALHOST_OPERATIONS_KEY those of a purpose, as function keys do; LOCALHOST_ADMIN_KEY every level. Thread safe.
/// </summary>
internal sealed partial class FunctionKeys
{
    private const string Header = "x-functions-key";
    private const string Query = "code";
    private const string Scheme = "Bearer ";
    private const int MaxKeyBytes = 256;
    private const string FunctionKey = "LOCALHOST_FUNCTION_KEY";
    private const string AdminKey = "LOCALHOST_ADMIN_KEY";

    private readonly byte[] function;
    private readonly byte[]? admin;
    private readonly Dictionary<KeyPurpose, byte[]> purposes;

    private FunctionKeys(string function, string? admin, Dictionary<KeyPurpose, byte[]> purposes)
    {
        this.function = Encoding.UTF8.GetBytes(function);
        this.admin = admin is null ? null : Encoding.UTF8.GetBytes(admin);
        this.purposes = purposes;
    }

    /// <summary>Makes a function key where none is configured, and logs it, once, where there is no other key either: nobody could call the app otherwise.</summary>
    /// <exception cref="HostSettingsException">A key is too long for any request to carry it, or stands for two purposes.</exception>
    public static FunctionKeys Read(IConfiguration configuration, ILogger logger)
    {
        RequireUsable(configuration);
        var admin = Text(configuration, AdminKey);
        var purposes = new Dictionary<KeyPurpose, byte[]>();
        foreach (var purpose in Enum.GetValues<KeyPurpose>())
        {
            if (Text(configuration, SettingOf(purpose)) is { } key)
            {
                purposes[purpose] = Encoding.UTF8.GetBytes(key);
            }
        }

        if (Text(configuration, FunctionKey) is { } functionKey)
        {
            return new(functionKey, admin, purposes);
        }

        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        if (admin is null && purposes.Count == 0)
        {
            LogMade(logger, made);
        }

        return new(made, admin, purposes);
    }

    /// <summary>The setting of a purpose's key.</summary>
    public static string SettingOf(KeyPurpose purpose) => $"LOCALHOST_{purpose.ToString().ToUpperInvariant()}_KEY";

    /// <summary>
    /// Whether the request carries a key for this function. As on Azure's host the header goes before the query, and an admin key opens every level. Where neither is there, a bearer
    /// token that is no JWT is the key, which Azure's host does not read; it is put into the header, where functions find the key of their caller.
    /// </summary>
    /// <param name="level">The function's.</param>
    /// <param name="purpose">The function's; null for one that the keys of purposes do not open.</param>
    /// <param name="request">The request.</param>
    public bool Open(AuthorizationLevel level, KeyPurpose? purpose, HttpRequest request)
    {
        if (level == AuthorizationLevel.Anonymous)
        {
            return true;
        }

        if (!request.Headers.TryGetValue(Header, out var values) && !request.Query.TryGetValue(Query, out values))
        {
            if (BearerKey(request.Headers.Authorization) is not { } bearer)
            {
                return false;
            }

            // A key is no identity: nobody is to look for one in it.
            request.Headers[Header] = values = bearer;
            request.Headers.Remove(HeaderNames.Authorization);
        }

        var text = values[0] ?? "";
        Span<byte> buffer = stackalloc byte[MaxKeyBytes];
        if (!Encoding.UTF8.TryGetBytes(text, buffer, out var written))
        {
            return false;
        }

        var given = buffer[..written];
        return (level == AuthorizationLevel.Function && (CryptographicOperations.FixedTimeEquals(given, function) || IsOf(purpose, given)))
            || (admin is not null && CryptographicOperations.FixedTimeEquals(given, admin));
    }

    // A JWT is an identity, not a key: three parts, of which the first is a JSON object in base64.
    private static string? BearerKey(StringValues authorization) =>
        authorization is [{ } text] && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && text[Scheme.Length..].Trim() is { Length: > 0 } token
        && !(token.StartsWith("eyJ", StringComparison.Ordinal) && token.Count(character => character == '.') == 2)
            ? token
            : null;

    // Who looks after the app looks after its jobs too.
    private bool IsOf(KeyPurpose? purpose, ReadOnlySpan<byte> given) =>
        purpose is { } own && (Fits(own, given) || (own == KeyPurpose.Jobs && Fits(KeyPurpose.Operations, given)));

    private bool Fits(KeyPurpose purpose, ReadOnlySpan<byte> given) => purposes.TryGetValue(purpose, out var key) && CryptographicOperations.FixedTimeEquals(given, key);

    // A key that is refused at every request, and one that opens more than its purpose, would be noticed late.
    private static void RequireUsable(IConfiguration configuration)
    {
        string[] settings = [FunctionKey, AdminKey, .. Enum.GetValues<KeyPurpose>().Select(SettingOf)];
        var keys = settings.Select(setting => (Setting: setting, Key: Text(configuration, setting))).Where(each => each.Key is not null).ToList();
        if (keys.FirstOrDefault(each => Encoding.UTF8.GetByteCount(each.Key!) > MaxKeyBytes) is { Setting: { } tooLong })
        {
            throw new HostSettingsException([$"{tooLong} is too long: expected at most {MaxKeyBytes} bytes of UTF-8."]);
        }

        if (keys.GroupBy(each => each.Key).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new HostSettingsException([$"{string.Join(" and ", same.Select(each => each.Setting))} hold the same key: expected one of its own for each, since a key opens what its purpose is."]);
        }
    }

    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text : null;

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "Neither LOCALHOST_FUNCTION_KEY nor LOCALHOST_ADMIN_KEY is set; this run's function key is {Key}")]
    private static partial void LogMade(ILogger logger, string key);
}
