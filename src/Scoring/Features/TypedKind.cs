namespace Scoring.Features;

/// <summary>What a <see cref="TypedValue"/> is.</summary>
internal enum TypedKind : byte
{
    /// <summary>NULL.</summary>
    Null,

    False,

    True,

    /// <summary>A whole number of at most 64 bits, signed.</summary>
    Integer,

    /// <summary>A float32.</summary>
    Single,

    /// <summary>A float64.</summary>
    Double,

    /// <summary>A number that fits none of these, by its digits: a JSON number.</summary>
    Number,

    /// <summary>UTF-8.</summary>
    Text,

    /// <summary>A list, struct or map as one JSON value.</summary>
    Json,
}
