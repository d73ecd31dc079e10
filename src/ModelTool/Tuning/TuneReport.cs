namespace ModelTool.Tuning;

/// <summary>What tuning found.</summary>
/// <param name="Verdict"><c>tuned</c> or <c>nothingToTune</c>.</param>
/// <param name="Sentence">The verdict for people.</param>
/// <param name="Now">What the package does as it is.</param>
/// <param name="Chosen">The best.</param>
/// <param name="Front">Settings that nothing beats both in time and in capacity.</param>
/// <param name="All">The last measurement of every setting.</param>
/// <param name="Resumed">Measurements that an interrupted search had made already.</param>
/// <param name="Int8">Why INT8 was not among the settings; null where it was.</param>
internal sealed record TuneReport(
    string Verdict, string Sentence, double SloMilliseconds, TuneMeasurement Now, TuneMeasurement Chosen, IReadOnlyList<TuneMeasurement> Front, IReadOnlyList<TuneMeasurement> All, int Resumed, string? Int8);
