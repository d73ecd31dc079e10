using System.Globalization;

namespace TestCommon.OpenInference;

/// <summary>How the backend models came out: what the service answers beside what ONNX Runtime itself gives.</summary>
internal sealed class BackendTally
{
    private readonly List<(string Name, string? Runtime, string? Service)> results = [];

    /// <summary>Models where ONNX Runtime gives what is expected and the service does not.</summary>
    public IReadOnlyList<string> Lost => [.. results.Where(result => result.Runtime is null && result.Service is not null).Select(result => $"{result.Name}: {result.Service}")];

    /// <summary>Each model on which ONNX Runtime itself does not give what is expected, and why.</summary>
    public IReadOnlyList<string> BeyondRuntime => [.. results.Where(result => result.Runtime is not null).Select(result => $"{result.Name}: {result.Runtime}")];

    /// <summary>The figures in one line.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{results.Count} backend models: {results.Count(result => result.Service is null)} agree through /v2, {results.Count(result => result.Runtime is null)} through ONNX Runtime itself");

    public void Add(string name, string? runtime, string? service) => results.Add((name, runtime, service));

    /// <summary>Compares an answer with what a data set expects.</summary>
    public static string? Differs(IReadOnlyList<BackendValue> expected, IReadOnlyList<TestTensor> answer)
        => expected.Select(value => BackendRun.Differs(value, Items(value, answer))).FirstOrDefault(reason => reason is not null);

    private static IReadOnlyList<TestTensor> Items(BackendValue value, IReadOnlyList<TestTensor> answer)
    {
        var whole = answer.FirstOrDefault(tensor => tensor.Name == value.Name);
        if (!value.IsSequence || whole is null)
        {
            return whole is not null ? [whole] : [.. answer.Where(tensor => tensor.Name.StartsWith(value.Name + "/", StringComparison.Ordinal))];
        }

        // Items of one shape come stacked.
        var count = (int)whole.Shape[0];
        return [.. Enumerable.Range(0, count).Select(index => Item(whole, index, count))];
    }

    private static TestTensor Item(TestTensor stacked, int index, int count)
    {
        var shape = stacked.Shape[1..];
        if (stacked.IsText)
        {
            var texts = stacked.Items();
            return TestTensor.Texts("", shape, [.. texts.Skip(index * texts.Count / count).Take(texts.Count / count)]);
        }

        var bytes = stacked.Data.Length / count;
        return stacked with { Shape = shape, Data = stacked.Data.AsSpan(index * bytes, bytes).ToArray() };
    }
}
