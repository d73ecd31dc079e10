using Scoring.Inference.Buffers;

namespace Scoring.Http;

/// <summary>A whole body in memory that native values can point into, and what it holds of the budget.</summary>
internal readonly struct TensorBody(TensorMemory memory, BodyCharge? charge) : IDisposable
{
    /// <summary>The body.</summary>
    public TensorMemory Memory => memory;

    /// <summary>What it holds of the budget; null where it is not counted.</summary>
    public BodyCharge? Charge => charge;

    /// <summary>Gives both back.</summary>
    public void Dispose()
    {
        memory.Dispose();
        charge?.Dispose();
    }
}
