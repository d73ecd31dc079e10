using Google.Protobuf;
using Scoring.Onnx;

namespace TestCommon.OpenInference;

/// <summary>A model of ONNX's backend tests, as Debian's libonnx-testdata installs them: one graph, and data sets of inputs and outputs.</summary>
internal sealed class BackendModel
{
    /// <summary>The Debian package that holds the models.</summary>
    public const string Package = "libonnx-testdata";

    private const string Root = "/usr/share/libonnx-testdata/data";

    private readonly string folder;
    private readonly GraphProto graph;

    private BackendModel(string folder)
    {
        this.folder = folder;
        Name = Path.GetRelativePath(Root, folder);
        graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(ModelPath)).Graph;
    }

    /// <summary>Such as <c>node/test_abs</c>.</summary>
    public string Name { get; }

    public string ModelPath => Path.Combine(folder, "model.onnx");

    /// <summary>Every model, in the order of the names.</summary>
    public static IEnumerable<BackendModel> All() => Directory.GetFiles(Root, "model.onnx", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => new BackendModel(Path.GetDirectoryName(path)!));

    /// <summary>The inputs and outputs of each data set.</summary>
    public IEnumerable<(IReadOnlyList<BackendValue> Inputs, IReadOnlyList<BackendValue> Outputs)> DataSets()
    {
        foreach (var set in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            var initialized = graph.Initializer.Select(initializer => initializer.Name).ToHashSet();
            var inputs = graph.Input.Where(input => !initialized.Contains(input.Name)).ToArray();
            yield return (Read(set, "input", inputs), Read(set, "output", [.. graph.Output]));
        }
    }

    private static List<BackendValue> Read(string set, string kind, ValueInfoProto[] infos)
    {
        var values = new List<BackendValue>();
        for (var index = 0; index < infos.Length && File.Exists(Path.Combine(set, $"{kind}_{index}.pb")); index++)
        {
            values.Add(BackendValue.Parse(infos[index], ByteString.CopyFrom(File.ReadAllBytes(Path.Combine(set, $"{kind}_{index}.pb")))));
        }

        return values;
    }
}
