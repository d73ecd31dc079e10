using System.Text.RegularExpressions;

namespace Scoring.Tests.Tooling.Training;

/// <summary>
/// TF-IDF with logistic regression as a textbook writes it: words, counts times 1 + ln((1 + n) / (1 + df)), rows of length one, softmax, a pull towards zero of strength 1 / C,
/// 300 steps of Nesterov's gradient method. The C is the best of three on the validation texts.
/// </summary>
internal sealed class PlainTfIdf
{
    private const int Steps = 300;

    private static readonly double[] Strengths = [3, 10, 30];

    private readonly Dictionary<string, int> columns = [];
    private readonly List<double> idf = [];
    private readonly int labels;
    private double[][] weights = [];

    private PlainTfIdf(IEnumerable<string> texts, int labels)
    {
        this.labels = labels;
        var counts = new Dictionary<string, int>();
        var total = 0;
        foreach (var text in texts)
        {
            total++;
            foreach (var word in Words(text).Distinct())
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        foreach (var (word, count) in counts.Where(entry => entry.Value > 1))
        {
            columns[word] = columns.Count;
            idf.Add(1 + Math.Log((1.0 + total) / (1 + count)));
        }
    }

    /// <summary>Chooses the C, then fits to the training and the validation texts.</summary>
    public static PlainTfIdf Fit((string Text, int Label)[] train, (string Text, int Label)[] validation, int labels)
    {
        var best = Strengths.MaxBy(strength =>
        {
            var tried = new PlainTfIdf(train.Select(row => row.Text), labels);
            tried.Minimize(train, strength);
            return tried.Accuracy(validation);
        });
        (string, int)[] all = [.. train, .. validation];
        var model = new PlainTfIdf(all.Select(row => row.Item1), labels);
        model.Minimize(all, best);
        return model;
    }

    public double Accuracy((string Text, int Label)[] rows) => rows.Average(row =>
    {
        var scores = Scores(RowOf(row.Text), weights);
        return Array.IndexOf(scores, scores.Max()) == row.Label ? 1.0 : 0;
    });

    private void Minimize((string Text, int Label)[] rows, double strength)
    {
        var inputs = Array.ConvertAll(rows, row => RowOf(row.Text));
        var lambda = 1 / (strength * rows.Length);
        weights = Zeros();
        var before = Zeros();
        for (var step = 1; step <= Steps; step++)
        {
            // 1. Where the last two points lead.
            var ahead = Zeros();
            var momentum = (step - 1.0) / (step + 2);
            for (var column = 0; column < ahead.Length; column++)
            {
                for (var label = 0; label < labels; label++)
                {
                    ahead[column][label] = weights[column][label] + (momentum * (weights[column][label] - before[column][label]));
                }
            }

            // 2. Down the gradient there. Rows of length one bound the curvature of the mean loss by a half, with the biases by one.
            var gradient = Zeros();
            for (var row = 0; row < rows.Length; row++)
            {
                var errors = Softmax(Scores(inputs[row], ahead));
                errors[rows[row].Label] -= 1;
                foreach (var (column, value) in inputs[row])
                {
                    for (var label = 0; label < labels; label++)
                    {
                        gradient[column][label] += errors[label] * value / rows.Length;
                    }
                }
            }

            before = weights;
            weights = ahead;
            for (var column = 0; column < ahead.Length; column++)
            {
                for (var label = 0; label < labels; label++)
                {
                    ahead[column][label] -= gradient[column][label] + (column < columns.Count ? lambda * ahead[column][label] : 0);
                }
            }
        }
    }

    // The last column is the bias.
    private (int Column, double Value)[] RowOf(string text)
    {
        var counts = Words(text).Where(columns.ContainsKey).GroupBy(word => columns[word]).Select(word => (word.Key, Value: word.Count() * idf[word.Key])).ToArray();
        var length = Math.Sqrt(counts.Sum(entry => entry.Value * entry.Value));
        return [.. counts.Select(entry => (entry.Key, entry.Value / length)), (columns.Count, 1.0)];
    }

    private double[] Scores((int Column, double Value)[] row, double[][] from)
    {
        var scores = new double[labels];
        foreach (var (column, value) in row)
        {
            for (var label = 0; label < labels; label++)
            {
                scores[label] += from[column][label] * value;
            }
        }

        return scores;
    }

    private static double[] Softmax(double[] scores)
    {
        var largest = scores.Max();
        var powers = Array.ConvertAll(scores, score => Math.Exp(score - largest));
        var sum = powers.Sum();
        return Array.ConvertAll(powers, power => power / sum);
    }

    private double[][] Zeros() => [.. Enumerable.Range(0, columns.Count + 1).Select(_ => new double[labels])];

    private static IEnumerable<string> Words(string text) => Regex.Matches(text.ToLowerInvariant(), @"\w+").Select(match => match.Value);
}
