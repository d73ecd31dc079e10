using ModelTool.Training.Scoring;

namespace ModelTool.Training;

/// <summary>What a training came to.</summary>
/// <param name="Package">Where the package is.</param>
/// <param name="Taken">The candidate that it is of.</param>
/// <param name="Labels">How many labels there are.</param>
/// <param name="Split">How the texts were split.</param>
/// <param name="TrainTexts">Texts to train on.</param>
/// <param name="ValidationTexts">Texts to choose by.</param>
/// <param name="TestTexts">Texts to measure on.</param>
/// <param name="Majority">Quality of always naming the most frequent label.</param>
/// <param name="Measure"><c>accuracy</c>, or <c>F1</c> where texts have several labels.</param>
/// <param name="Final">The package, fitted again to the training and the validation texts, on the test texts.</param>
/// <param name="Calibration">The method in model.json.</param>
/// <param name="Seconds">Of each kind, the time to search its setting and to fit its candidates.</param>
/// <param name="Resumed">Results that an earlier call had found.</param>
/// <param name="Answers">What n-grams, INT8, a transformer and more texts buy, and when to stop: a sentence each.</param>
internal sealed record TrainReport(
    string Package, string Taken, int Labels, string Split, int TrainTexts, int ValidationTexts, int TestTexts, double Majority, string Measure, TextQuality Final, string Calibration,
    IReadOnlyList<CandidateFound> Candidates, IReadOnlyDictionary<string, double> Seconds, int Resumed, IReadOnlyList<string> Warnings, IReadOnlyList<string> Answers);
