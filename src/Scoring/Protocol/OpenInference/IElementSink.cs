using System.Text.Json;

namespace Scoring.Protocol.OpenInference;

/// <summary>Takes the elements of a tensor in row-major order.</summary>
internal interface IElementSink
{
    /// <summary>What an element must be, for messages.</summary>
    string Expected { get; }

    /// <summary>Takes the element that the reader stands on; false when it does not fit.</summary>
    bool TryAdd(ref Utf8JsonReader reader);
}
