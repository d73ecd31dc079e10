namespace Scoring.Tests.House.Sample.Lower;

/// <summary>What <see cref="Upper.Quiet"/> uses in a method's body alone.</summary>
internal static class Counter
{
    public static int Next { get; set; }
}
