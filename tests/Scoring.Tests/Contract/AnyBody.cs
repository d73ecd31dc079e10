using System.Text.Json.Nodes;

namespace Scoring.Tests.Contract;

/// <summary>Makes up JSON: values that seldom fit, of a few names that a model knows and some that none does. One seed gives one sequence.</summary>
internal sealed class AnyBody(int seed, params string[] names)
{
    private static readonly string[] Strange = ["a/b", "m~n", "", "é", "0"];

    private readonly Random random = new(seed);

    /// <summary>One value, nested at most as deep as said.</summary>
    public JsonNode? Value(int depth) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-3, 4),
        3 => random.NextDouble() * 1e3,
        4 => Pick(["free", "Nov", "x", "1"]),
        5 => 1e300,
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]),
        _ => Object(depth - 1),
    };

    /// <summary>An array of up to four values.</summary>
    public JsonArray Values(int depth) => new([.. Enumerable.Range(0, random.Next(5)).Select(_ => Value(depth))]);

    /// <summary>An object of known and unknown names.</summary>
    public JsonObject Object(int depth)
    {
        var value = new JsonObject();
        for (var count = random.Next(5); count > 0; count--)
        {
            value[random.Next(3) == 0 ? Pick(Strange) : Pick(names)] = Value(depth);
        }

        return value;
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
