using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace Samples.Topics;

/// <summary>The baseline: naive Bayes over which words a text holds, with additive smoothing.</summary>
public static class NaiveBayes
{
    private const double Smoothing = 0.1;

    /// <summary>Share of <paramref name="test"/> that it puts right after counting the words of <paramref name="train"/>.</summary>
    public static double Accuracy(IReadOnlyList<TopicText> train, IReadOnlyList<TopicText> test)
    {
        var topics = Topic.Names.Count;
        var counts = new Dictionary<ulong, int[]>();
        var words = new long[topics];
        var texts = new int[topics];
        foreach (var text in train)
        {
            texts[text.Topic]++;
            foreach (var word in Words(text.Text))
            {
                counts.TryAdd(word, new int[topics]);
                counts[word][text.Topic]++;
                words[text.Topic]++;
            }
        }

        double Score(int topic, IEnumerable<ulong> found) => PortableMath.Log((double)Math.Max(texts[topic], 1) / train.Count)
            + found.Sum(word => PortableMath.Log((counts[word][topic] + Smoothing) / (words[topic] + (Smoothing * counts.Count))));
        return test.Average(text =>
        {
            var found = Words(text.Text).Where(counts.ContainsKey).ToArray();
            return Enumerable.Range(0, topics).MaxBy(topic => Score(topic, found)) == text.Topic ? 1.0 : 0.0;
        });
    }

    private static HashSet<ulong> Words(byte[] text)
    {
        var sink = new SetSink([]);
        TermScanner.Scan(text, new WordsConfig { Buckets = 1 }, ref sink);
        return sink.Words;
    }

    private readonly struct SetSink(HashSet<ulong> words) : ITermSink
    {
        public HashSet<ulong> Words { get; } = words;

        public bool Add(ulong hash, TermKind kind, scoped ReadOnlySpan<byte> term)
        {
            Words.Add(hash);
            return true;
        }
    }
}
