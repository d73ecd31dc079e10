using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference;

/// <summary>
/// What a session of this process has allocated: its weights, and the arena that its runs grow and keep. ONNX Runtime's C interface tells it since 1.23, its .NET binding does not;
/// so the interface is asked here, by places that it promises never to move. Thread safe, also against the session's end.
/// </summary>
internal sealed unsafe partial class SessionMemory : IDisposable
{
    /// <summary>The version of the interface that has all of these.</summary>
    internal const uint ApiVersion = 23;

    /// <summary>Places in <c>OrtApi</c>.</summary>
    internal const int ReleaseStatus = 93;

    /// <inheritdoc cref="ReleaseStatus"/>
    internal const int GetKeyValuePairs = 298;

    /// <inheritdoc cref="ReleaseStatus"/>
    internal const int ReleaseKeyValuePairs = 300;

    // In OrtAllocator, whose first member is the version that it was written for.
    private const int GetStats = 5;

    private readonly Lock gate = new();
    private readonly OrtAllocator allocator;
    private bool isDisposed;

    /// <param name="session">Is to be disposed after this.</param>
    public SessionMemory(InferenceSession session) => allocator = new OrtAllocator(session, OrtMemoryInfo.DefaultInstance);

    private static nint* Api { get; } = FindApi();

    /// <summary>Bytes that are allocated now; 0 where the runtime does not tell.</summary>
    public long Bytes()
    {
        lock (gate)
        {
            var self = isDisposed ? null : (nint*)allocator.DangerousGetHandle();
            if (self is null || Api is null || *(uint*)self < ApiVersion || self[GetStats] == 0)
            {
                return 0;
            }

            nint pairs;
            var status = ((delegate* unmanaged<nint*, nint*, nint>)self[GetStats])(self, &pairs);
            if (status != 0)
            {
                ((delegate* unmanaged<nint, void>)Api[ReleaseStatus])(status);
                return 0;
            }

            try
            {
                return Find(pairs, "TotalAllocated"u8);
            }
            finally
            {
                ((delegate* unmanaged<nint, void>)Api[ReleaseKeyValuePairs])(pairs);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            allocator.Dispose();
        }
    }

    private static long Find(nint pairs, ReadOnlySpan<byte> name)
    {
        byte** keys;
        byte** values;
        nuint count;
        ((delegate* unmanaged<nint, byte***, byte***, nuint*, void>)Api[GetKeyValuePairs])(pairs, &keys, &values, &count);
        for (nuint index = 0; index < count; index++)
        {
            if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(keys[index]).SequenceEqual(name))
            {
                return long.TryParse(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(values[index]), System.Globalization.CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
            }
        }

        return 0;
    }

    // OrtApiBase: GetApi, GetVersionString.
    private static nint* FindApi() => (nint*)((delegate* unmanaged<uint, nint>)(*GetApiBase()))(ApiVersion);

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    private static partial nint* GetApiBase();
}
