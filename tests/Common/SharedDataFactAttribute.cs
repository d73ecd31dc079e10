namespace TestCommon;

/// <summary>A fact about a file or folder of <c>../shared</c>; skipped, naming it, in a clone that has no such neighbour.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    /// <param name="path">Relative to the shared folder: <c>data/online_shoppers_intention.csv</c>.</param>
    public SharedDataFactAttribute(string path) => Skip = SharedData.ReasonToSkip(path);
}
