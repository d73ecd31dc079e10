namespace Scoring.Serving;

/// <summary>What a version takes.</summary>
/// <param name="Bytes">Of the memory of this machine.</param>
/// <param name="DeviceBytes">Of the own memory of a device, such as a GPU.</param>
internal readonly record struct ModelMemory(long Bytes, long DeviceBytes)
{
    public static ModelMemory operator +(ModelMemory left, ModelMemory right) => new(left.Bytes + right.Bytes, left.DeviceBytes + right.DeviceBytes);

    public static ModelMemory operator -(ModelMemory left, ModelMemory right) => new(left.Bytes - right.Bytes, left.DeviceBytes - right.DeviceBytes);
}
