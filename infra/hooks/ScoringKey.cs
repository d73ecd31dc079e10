using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Hooks;

/// <summary>The key for scoring alone: the same value on each function that scores, on no other, and revocable by itself.</summary>
internal static class ScoringKey
{
    public const string Name = "scoring";

    /// <summary>The functions that the key opens.</summary>
    public static readonly string[] Functions = ["Score", "ScoreVersion"];

    /// <summary>The key, made if it is not there. Waits until the platform knows the functions.</summary>
    public static async Task<string> EnsureAsync(HookContext context)
    {
        var manager = await ResourceManager.SignInAsync(context);
        string? key = null;
        foreach (var function in Functions)
        {
            var keys = await manager.SendAsync($"the function {function}", HttpMethod.Post, $"functions/{function}/listKeys", whenMissing: manager.SyncAsync);
            var present = (string?)keys[Name];
            key ??= present ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
            if (present != key)
            {
                await manager.SendAsync($"the key of {function}", HttpMethod.Put, $"functions/{function}/keys/{Name}", new JsonObject
                {
                    ["properties"] = new JsonObject { ["name"] = Name, ["value"] = key },
                });
            }
        }

        return key!;
    }
}
