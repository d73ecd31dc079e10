using TestCommon;

namespace EndToEnd.Tests.Batch;

/// <summary>A port of this machine that passes everything on to another, whose answers arrive late: an emulator becomes as distant as a real service, and a chunk's time does not depend on the machine.</summary>
internal sealed class DistantPort(int target, TimeSpan delay) : RelayPort(target)
{
    protected override async ValueTask<bool> PassesAsync(int bytes, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        return true;
    }
}
