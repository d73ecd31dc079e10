namespace Scoring.Repository;

/// <summary>A package in the disk cache, and what it took to get it there.</summary>
/// <param name="Package">The verified package.</param>
/// <param name="Download">Time spent on the repository; zero when the cache had the content.</param>
/// <param name="Verify">Time spent on hashing what the cache had.</param>
/// <param name="FromCache">True when no file was downloaded.</param>
public sealed record FetchedPackage(ModelPackage Package, TimeSpan Download, TimeSpan Verify, bool FromCache);
