namespace Scoring.Configuration;

/// <summary>How an embedding is written.</summary>
public enum EmbeddingEncoding
{
    /// <summary>Numbers in an array.</summary>
    Float,

    /// <summary>Base64 of its float32 numbers, the least significant byte of each first.</summary>
    Base64,

    /// <summary>Whole numbers from -127 to 127 in an array, and a scale by which they are multiplied to get the numbers back.</summary>
    Int8,
}
