namespace ModelTool.Pruning;

/// <summary>How often rows held each term.</summary>
/// <param name="Input">The input that takes the ids.</param>
/// <param name="ById">Counts by id.</param>
internal sealed record TermCounts(string Input, IReadOnlyDictionary<long, int> ById)
{
    /// <summary>Of one id; 0 where no row held it.</summary>
    public int Of(long id) => ById.GetValueOrDefault(id);
}
