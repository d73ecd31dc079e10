namespace Scoring.Tests;

/// <summary>A fact that needs a file or folder of `../shared` and is skipped, with its name, where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string relative)
    {
        var path = SharedFile.PathOf(relative);
        if (!Path.Exists(path))
        {
            Skip = $"../shared/{relative} is not at hand";
        }
    }
}
