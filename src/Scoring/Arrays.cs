namespace Scoring;

/// <summary>Makes small tables. LINQ's iterators over numbers would be compiled by every process at its start; this is compiled ahead.</summary>
internal static class Arrays
{
    /// <summary>An array of <paramref name="count"/> elements, each made from its index.</summary>
    public static T[] Make<T>(int count, Func<int, T> make)
    {
        var made = new T[count];
        for (var index = 0; index < count; index++)
        {
            made[index] = make(index);
        }

        return made;
    }
}
