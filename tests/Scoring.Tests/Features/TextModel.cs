using ModelTool.Training.Fitting;
using Samples.Training;
using Scoring.Onnx;
using Scoring.Tests.Protocol;
using TestCommon;

namespace Scoring.Tests.Features;

/// <summary>Models that answer with what they were given, so that a test sees what became of a text.</summary>
internal sealed class TextModel : IDisposable
{
    /// <summary>Three terms with the ids 1, 2, 3; eight tokens at most.</summary>
    public const string Words = """{"features":[{"name":"text","type":"text","tokenizer":{"type":"words","vocabulary":"v.txt","maxTokens":8}}]}""";

    private readonly TemporaryFolder folder = new();

    /// <param name="config">model.json.</param>
    /// <param name="type">Element type of the inputs and outputs.</param>
    /// <param name="inputs">Names; the output of <c>a</c> is <c>a_out</c>.</param>
    /// <param name="width">Tokens of a row, or null for any number.</param>
    public TextModel(string config, TensorProto.Types.DataType type = TensorProto.Types.DataType.Int64, string[]? inputs = null, int? width = null)
    {
        var graph = new OnnxGraph("echo");
        foreach (var input in inputs ?? ["tokens"])
        {
            object columns = width is { } fixedWidth ? fixedWidth : "width";
            graph.Input(input, type, "rows", columns).Output(input + "_out", type, "rows", width is { } outputWidth ? outputWidth : "padded").Node("Identity", [input], input + "_out");
        }

        File.WriteAllBytes(folder.PathTo("model.onnx"), graph.ToModel("echo", "tests"));
        File.WriteAllText(folder.PathTo("model.json"), config);
        File.WriteAllText(folder.PathTo("v.txt"), "free\ntext\neditor\n");
    }

    /// <summary>The package's folder.</summary>
    public string Folder => folder.Root;

    public Scored Load() => Scored.Load(Folder);

    public void Dispose() => folder.Dispose();
}
