using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Samples.Topics;
using Scoring.Features.Text;

namespace Samples.TopicsNgrams;

/// <summary>What one text costs, in microseconds: medians over the held-out texts, one at a time on one thread.</summary>
/// <param name="Set">Name of the <see cref="TermSet"/>.</param>
/// <param name="Terms">Terms in the vocabulary.</param>
/// <param name="Tokenize">Text to ids.</param>
/// <param name="Score">Text to probabilities: tokenizer and session run.</param>
public sealed record Timing(string Set, int Terms, double Tokenize, double Score)
{
    private const int Rounds = 3;

    public static Timing Measure(TermSet set, BagModel model, IReadOnlyList<TopicText> texts)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(model.ToOnnx(), settings);
        using var options = new RunOptions();
        var tokenizer = new WordTokenizer(set.Tokenizer, model.Vocabulary);
        var ids = new long[set.Tokenizer.MaxTokens];

        var tokenize = new List<double>();
        var score = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var text in texts)
            {
                var start = Stopwatch.GetTimestamp();
                var count = Math.Max(tokenizer.Tokenize(text.Text, ids, out _), 1);
                var tokenized = Stopwatch.GetElapsedTime(start);
                using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, ids.AsMemory(0, count), [1, count]);
                using var outputs = session.Run(options, ["tokens"], [input], ["probabilities"]);
                var scored = Stopwatch.GetElapsedTime(start);

                // The first round warms up.
                if (round > 0)
                {
                    tokenize.Add(tokenized.TotalMicroseconds);
                    score.Add(scored.TotalMicroseconds);
                }
            }
        }

        return new Timing(set.Name, model.Vocabulary.Count, Median(tokenize), Median(score));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(values[values.Count / 2], 1);
    }
}
