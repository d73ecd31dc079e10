using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TestCommon;

/// <summary>An issuer of bearer tokens on a free port of this machine: it publishes its keys as OpenID Connect says, and signs what it is told to, without the library that checks it.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "app-of-the-test";

    // To make a key takes longer than a test.
    private static readonly Lazy<RSA[]> Pool = new(() => [.. Enumerable.Range(0, 3).Select(_ => RSA.Create(2048))]);

    private readonly LoopbackServer server;
    private readonly List<(string Id, RSA Key)> keys = [];
    private int asked;
    private int turns;

    public FakeIssuer()
    {
        TurnKey();
        server = new(AnswerAsync);
    }

    public string Authority => $"{server.Address}/tenant/v2.0";

    /// <summary>While true it answers nobody with anything of use.</summary>
    public bool IsAway { get; set; }

    /// <summary>How often its description was asked for.</summary>
    public int Asked => asked;

    /// <summary>The time of its own clock; the tokens say it.</summary>
    public Func<DateTimeOffset> Clock { get; set; } = () => TimeProvider.System.GetUtcNow();

    /// <summary>The public key that signs now, as it is published; what a forger of HS256 would take for a secret.</summary>
    public byte[] PublicKey => keys[^1].Key.ExportSubjectPublicKeyInfo();

    /// <summary>Signs by a new key from now on. The old ones stay published, unless they are withdrawn.</summary>
    public void TurnKey(bool withdrawOld = false)
    {
        lock (keys)
        {
            if (withdrawOld)
            {
                keys.Clear();
            }

            keys.Add(($"key-{Guid.NewGuid():N}", Pool.Value[turns++ % 2]));
        }
    }

    /// <summary>A token that is good for an hour.</summary>
    /// <param name="roles">Its app roles.</param>
    /// <param name="change">Changes its claims.</param>
    /// <param name="header">Changes its header.</param>
    /// <param name="signWith">Signs it in place of the published key; null for that key.</param>
    public string Token(string[]? roles = null, Action<Dictionary<string, object?>>? change = null, Action<Dictionary<string, object?>>? header = null, Func<byte[], byte[]>? signWith = null)
    {
        var now = Clock();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Authority,
            ["aud"] = Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
            ["oid"] = "11111111-2222-3333-4444-555555555555",
            ["sub"] = "a-subject",
            ["roles"] = roles ?? ["Score"],
        };
        change?.Invoke(claims);
        var (id, key) = keys[^1];
        var top = new Dictionary<string, object?> { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = id };
        header?.Invoke(top);
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(top))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var signature = (signWith ?? (bytes => Sign(key, bytes)))(Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Signs by a key that no issuer publishes.</summary>
    public static byte[] SignByAnother(byte[] bytes) => Sign(Pool.Value[2], bytes);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        var answer = path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal) ? Describe() : path.EndsWith("/keys", StringComparison.Ordinal) ? Keys() : null;
        context.Response.StatusCode = IsAway ? 503 : answer is null ? 404 : 200;
        context.Response.ContentType = "application/json";
        if (!IsAway && answer is not null)
        {
            await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
        }

        context.Response.Close();
    }

    private static byte[] Sign(RSA key, byte[] bytes)
    {
        lock (key)
        {
            return key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    private Dictionary<string, object> Describe()
    {
        Interlocked.Increment(ref asked);
        return new() { ["issuer"] = Authority, ["jwks_uri"] = $"{Authority}/keys" };
    }

    private Dictionary<string, object> Keys()
    {
        lock (keys)
        {
            return new()
            {
                ["keys"] = keys.Select(one => one.Key.ExportParameters(false) is var parameters
                    ? new Dictionary<string, string>
                    {
                        ["kty"] = "RSA",
                        ["use"] = "sig",
                        ["kid"] = one.Id,
                        ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                        ["e"] = Base64Url.EncodeToString(parameters.Exponent),
                    }
                    : []).ToArray(),
            };
        }
    }
}
