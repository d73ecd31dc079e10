using System.Globalization;
using System.Text.RegularExpressions;

namespace Scoring.Inference;

/// <summary>
/// Tells why ONNX Runtime failed. Its exception has no public error code. The message begins with one, such as <c>[ErrorCode:Fail]</c>; a lack of memory has that code too, as most
/// failures have, so only the text behind it tells.
/// </summary>
internal static partial class NativeFailure
{
    // By the runtime's arena, by the C++ library, and by the operating system where a file of weights is mapped.
    private static readonly string[] MemoryTexts = ["Failed to allocate memory", "bad_alloc", "Cannot allocate memory"];

    // What no machine has: a size that a 64-bit number of bytes does not hold, and Tile's own limit of 4 GiB.
    private static readonly string[] SizeTexts = ["Integer overflow", "storage size overflowed", "exceeds the supported maximum"];

    // By the session as it loads, and by a kernel that meets a case it lacks as it runs.
    private static readonly string[] KernelTexts = ["[ErrorCode:NotImplemented]", "NOT_IMPLEMENTED", "not implemented"];

    /// <summary>The call asked for memory that could not be had: that the machine had not at the time, or that none has.</summary>
    public static bool IsLackOfMemory(Exception exception) => HasAny(exception.Message, MemoryTexts) || IsBeyondAnyMachine(exception);

    /// <summary>It asked for so much memory that the same call never succeeds.</summary>
    public static bool IsBeyondAnyMachine(Exception exception) => HasAny(exception.Message, SizeTexts);

    /// <summary>How many bytes a node asked for that it could not have; null where the message does not say.</summary>
    public static ulong? BytesAskedFor(Exception exception) =>
        BufferSize().Match(exception.Message) is { Success: true } match && ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    /// <summary>This build of the runtime has no kernel for what the model asks: no input helps.</summary>
    public static bool IsLackOfKernel(Exception exception) => HasAny(exception.Message, KernelTexts);

    private static bool HasAny(string message, string[] texts) => Array.Exists(texts, text => message.Contains(text, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("Failed to allocate memory for requested buffer of size ([0-9]+)")]
    private static partial Regex BufferSize();
}
