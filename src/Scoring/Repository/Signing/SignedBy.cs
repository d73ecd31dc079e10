namespace Scoring.Repository.Signing;

/// <summary>A signature that was checked.</summary>
/// <param name="KeyId">Of the trusted key.</param>
/// <param name="Signature">Of the manifest.</param>
internal sealed record SignedBy(string KeyId, byte[] Signature)
{
    /// <summary>Another key's, where two were required.</summary>
    public SignedBy? Second { get; init; }
}
