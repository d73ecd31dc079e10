namespace Samples.Intent;

/// <summary>
/// How a session becomes the model's input, float32 [23]: ten numbers as they are, ten month indicators, two visitor indicators, the weekend.
/// package/model.json says the same to the server.
/// </summary>
public static class SessionColumns
{
    public const int Count = 23;

    public static IReadOnlyList<string> Numbers { get; } =
    [
        "Administrative", "Administrative_Duration", "Informational", "Informational_Duration", "ProductRelated",
        "ProductRelated_Duration", "BounceRates", "ExitRates", "PageValues", "SpecialDay",
    ];

    /// <summary>January and April set no indicator: the data has neither.</summary>
    public static IReadOnlyList<string> Months { get; } = ["Feb", "Mar", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Other sets no indicator.</summary>
    public static IReadOnlyList<string> VisitorTypes { get; } = ["Returning_Visitor", "New_Visitor"];

    /// <summary>Columns that only a site's own analytics know: BounceRates, ExitRates and PageValues.</summary>
    public static IReadOnlyList<int> Analytics { get; } = [6, 7, 8];

    public static float[] Encode(Session session)
    {
        var columns = new float[Count];
        var next = 0;
        foreach (var number in session.Numbers)
        {
            columns[next++] = (float)number;
        }

        foreach (var month in Months)
        {
            columns[next++] = session.Month == month ? 1 : 0;
        }

        foreach (var visitor in VisitorTypes)
        {
            columns[next++] = session.VisitorType == visitor ? 1 : 0;
        }

        columns[next] = session.Weekend ? 1 : 0;
        return columns;
    }
}
