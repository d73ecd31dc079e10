using Scoring.Tests.House.Sample.Lower;

namespace Scoring.Tests.House.Sample.Upper;

/// <summary>No signature of it names another room.</summary>
internal static class Quiet
{
    public static int Count() => ++Counter.Next;
}
