using System.Reflection;
using System.Text.Json;

namespace Scoring.Bench.Measuring;

/// <summary>Real sentence encoders with their vocabularies, out of the resources of NuGet packages, laid out as sentence-transformers saves them.</summary>
internal static class SentenceModel
{
    /// <summary>all-MiniLM-L6-v2, the mean of its tokens.</summary>
    public const string MiniLm = "MiniLM";

    /// <summary>snowflake-arctic-embed-xs, its first token; queries have a prefix.</summary>
    public const string Arctic = "ArcticXs";

    /// <summary>What Arctic's authors put before queries.</summary>
    public const string ArcticQuery = "Represent this sentence for searching relevant passages: ";

    /// <summary>The assembly that holds the model.</summary>
    public static string Assembly(string name) =>
        typeof(SentenceModel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == name).Value!;

    /// <summary>Writes a package without model.json: what an export leaves in a folder.</summary>
    public static string Write(string name, string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        var assembly = System.Reflection.Assembly.LoadFrom(Assembly(name));
        foreach (var file in new[] { "model.onnx", "vocab.txt" })
        {
            using var content = assembly.GetManifestResourceStream($"SentenceTransformers.{name}.Resources.{file}")!;
            using var to = File.Create(Path.Combine(folder, file));
            content.CopyTo(to);
        }

        var isMean = name == MiniLm;
        Save("modules.json", new[]
        {
            new { idx = 0, name = "0", path = "", type = "sentence_transformers.models.Transformer" },
            new { idx = 1, name = "1", path = "1_Pooling", type = "sentence_transformers.models.Pooling" },
            new { idx = 2, name = "2", path = "2_Normalize", type = "sentence_transformers.models.Normalize" },
        });
        Save("1_Pooling/config.json", new { word_embedding_dimension = 384, pooling_mode_cls_token = !isMean, pooling_mode_mean_tokens = isMean, pooling_mode_max_tokens = false });
        Save("sentence_bert_config.json", new { max_seq_length = 256, do_lower_case = false });
        Save("tokenizer_config.json", new { do_lower_case = true, tokenize_chinese_chars = true, strip_accents = (bool?)null, model_max_length = 512 });
        Save("config_sentence_transformers.json", new { prompts = isMean ? [] : new Dictionary<string, string> { ["query"] = ArcticQuery }, default_prompt_name = (string?)null });
        return folder;

        void Save<T>(string file, T content) => File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(content));
    }
}
