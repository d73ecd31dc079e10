using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace TestCommon;

/// <summary>An encoder of four words whose embeddings can be worked out by hand: the mean of its words' vectors, as it is. Queries begin with "rain".</summary>
internal static class TinyEncoder
{
    /// <summary>Writes the package.</summary>
    /// <returns>The folder.</returns>
    public static string Save(string folder)
    {
        // Padding has a vector too, which would show.
        new GraphBuilder().Input("input_ids", DataType.Int64, "rows", "n").Input("attention_mask", DataType.Int64, "rows", "n")
            .Floats("table", [5, 3], 100, 100, 100, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5f, 0.25f, -2)
            .Node("Gather", ["table", "input_ids"], ["last_hidden_state"])
            .Output("last_hidden_state", DataType.Float, "rows", "n", 3)
            .Save(folder);
        File.WriteAllText(Path.Combine(folder, "vocabulary.txt"), "man\nfood\nrain\nsnow\n");
        File.WriteAllText(Path.Combine(folder, "model.json"), """
            {
              "task": "embedding",
              "embedding": { "pooling": "mean", "normalize": false, "prefixes": { "query": "rain " } },
              "features": [ { "name": "text", "type": "text", "tokenizer": { "type": "words", "vocabulary": "vocabulary.txt", "maxTokens": 8 } } ]
            }
            """);
        return folder;
    }
}
