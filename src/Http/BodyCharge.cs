namespace Scoring.Http;

/// <summary>What one body holds of the budget, until everybody who shares it disposed it. One thread at a time.</summary>
internal sealed class BodyCharge(BodyBudget budget) : IDisposable
{
    private const long MaxSmallBytes = 1 << 20;

    private long held;
    private int shares = 1;

    /// <summary>Counts a body up to its length so far.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.Overloaded"/>: the budget is exhausted.</exception>
    public void GrowTo(long length)
    {
        if (length > held)
        {
            if (!budget.TryTake(length - held, isLarge: length > MaxSmallBytes))
            {
                throw budget.Exhausted();
            }

            held = length;
        }
    }

    /// <summary>One more holds it.</summary>
    public BodyCharge Share()
    {
        shares++;
        return this;
    }

    /// <summary>Ends one share; the last gives the bytes back.</summary>
    public void Dispose()
    {
        if (--shares == 0)
        {
            budget.GiveBack(held);
        }
    }
}
