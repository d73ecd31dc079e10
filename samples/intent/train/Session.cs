namespace Samples.Intent;

/// <summary>One visit to the shop, as the data set records it.</summary>
/// <param name="Numbers">The ten numeric features, in the order of <see cref="SessionColumns.Numbers"/>.</param>
/// <param name="Month">Month of the visit: Feb, Mar, May, June, Jul, Aug, Sep, Oct, Nov or Dec.</param>
/// <param name="VisitorType">Returning_Visitor, New_Visitor or Other.</param>
/// <param name="Weekend">Whether the visit fell on a weekend.</param>
/// <param name="Purchase">Whether it ended in a purchase.</param>
public sealed record Session(double[] Numbers, string Month, string VisitorType, bool Weekend, bool Purchase);
