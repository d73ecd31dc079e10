using TestCommon;

namespace EndToEnd.Tests.Page;

/// <summary>The sample packages that this checkout holds.</summary>
internal static class SamplePackage
{
    public static IReadOnlyList<string> Present { get; } =
        [.. new[] { "intent", "topics" }.Where(name => File.Exists(Path.Combine(PathTo(name), "model.onnx")))];

    public static string PathTo(string name) => Checkout.PathTo("samples", name, "package");
}
