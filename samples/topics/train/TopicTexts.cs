using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Samples.Topics;

/// <summary>Reads debian_topics.jsonl.gz: a package per line, of which those of the chosen sections are kept.</summary>
public static class TopicTexts
{
    /// <exception cref="InvalidDataException">The file is not gzip, or a line lacks a property; the message says which line.</exception>
    public static List<TopicText> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        var texts = new List<TopicText>();
        for (var line = 1; reader.ReadLine() is { } json; line++)
        {
            using var package = JsonDocument.Parse(json);
            string Get(string name) => package.RootElement.TryGetProperty(name, out var value) && value.GetString() is { } text
                ? text
                : throw new InvalidDataException($"{path}, line {line}: no {name}.");

            var topic = Topic.IndexOf(Get("section"));
            if (topic >= 0)
            {
                texts.Add(new TopicText(Get("source"), topic, Encoding.UTF8.GetBytes(Get("summary") + "\n" + Get("text"))));
            }
        }

        return texts;
    }
}
