namespace TestCommon;

/// <summary>A theory about a file or folder of <c>../shared</c>; skipped, naming it, in a clone that has no such neighbour.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    /// <param name="path">Relative to the shared folder: <c>models</c>.</param>
    public SharedDataTheoryAttribute(string path) => Skip = SharedData.ReasonToSkip(path);
}
