using System.Buffers;
using System.Text;
using System.Text.Json;
using Scoring.Features;
using Scoring.Protocol;
using Scoring.Protocol.OpenAi;
using Scoring.Protocol.OpenInference;
using Scoring.Tests.Embeddings;
using Scoring.Tests.Protocol.OpenInference;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Protocol;

/// <summary>Callers choose names: a refusal tells the beginning of a long one, and costs no more than that.</summary>
public sealed class RefusalSizeTests : IDisposable
{
    private const int Length = 2_000_000;

    // Each of 25 faults with a name cut in its pointer and in its detail, in the widest spelling.
    private const int MaxAnswerBytes = 100_000;

    private static readonly string Long = new('<', Length);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"instances":[{"NAME":1}]}""", "/instances/0/")]
    [InlineData("""{"instances":[],"NAME":1}""", "/")]
    [InlineData("""{"instances":[],"parameters":{"NAME":1}}""", "/parameters/")]
    [InlineData("""{"instances":[],"parameters":{"NAME":1,"NAME":1}}""", "/parameters/")]
    public void Score_LongName_IsToldByItsBeginning(string body, string pointer)
    {
        using var intent = Scored.Load(Checkout.PathTo("samples", "intent", "package"), "intent");

        RequireSmall(bytes => intent.Refused(bytes), body, pointer);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"a","NAME":1}""", "/")]
    [InlineData("""{"model":"m","input":"a","user":1,"user":1,"NAME":1}""", "/user")]
    public void Embed_LongName_IsToldByItsBeginning(string body, string pointer)
    {
        using var encoder = Scored.Load(TinyEncoder.Save(folder.PathTo("encoder")));

        RequireSmall(
            bytes => Assert.Throws<ScoringException>(() =>
            {
                using var batch = encoder.Model.RentBatch();
                EmbeddingsRequest.Read(bytes, batch, 1);
            }),
            body,
            pointer);
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"NAME","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "/inputs/0/name", true)]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}],"outputs":[{"name":"NAME"}]}""", "/outputs/0/name", true)]
    [InlineData("""{"inputs":[],"NAME":1,"NAME":1}""", "/", false)]
    [InlineData("""{"inputs":[],"parameters":{"NAME":1,"NAME":1}}""", "/parameters/", false)]
    public void Infer_LongName_IsToldByItsBeginning(string body, string pointer, bool isText)
    {
        using var echo = Inferred.Load(GraphBuilder.Echo(DataType.Float, "rows", 3).Save(folder.PathTo("echo")), "echo");

        RequireSmall(bytes => Assert.Throws<ScoringException>(() => InferRequest.Read(echo.Model, bytes)), body, pointer, isText);
    }

    [Fact]
    public void Index_LongNameTwice_IsToldByItsBeginning() =>
        RequireSmall(bytes => Assert.Throws<ScoringException>(() => RepositoryIndex.ReadRequest(bytes)), """{"NAME":1,"NAME":1}""", "/");

    [Theory]
    [InlineData(@"a\u00e9\n~/", "a\u00e9\n~/")]
    [InlineData(@"a\ud800", "a\uFFFD")]
    [InlineData(@"\ud83d\ude00", "\U0001F600")]
    public void Name_ShortWithEscapes_IsWhole(string json, string expected) => Assert.Equal(expected, Name(json));

    [Fact]
    public void Name_LongWithEscapes_IsCutBetweenCharacters()
    {
        Assert.Equal(new string('é', Found.MaxName) + "…", Name(string.Concat(Enumerable.Repeat(@"\u00e9", 1000))));
        Assert.Equal(new string('€', Found.MaxName) + "…", Name(new string('€', 1000)));
        Assert.Equal("a" + string.Concat(Enumerable.Repeat("\U0001F600", (Found.MaxName / 2) - 1)) + "…", Name("a" + string.Concat(Enumerable.Repeat(@"\ud83d\ude00", 1000))));
    }

    private static string Name(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{json}\""));
        reader.Read();
        return Found.Name(ref reader);
    }

    // The name of an input or output is read as a text, to be looked up; of all others nothing is made that is as large as they are.
    private static void RequireSmall(Func<byte[], ScoringException> refuse, string body, string pointer, bool isText = false)
    {
        var bytes = Encoding.UTF8.GetBytes(body.Replace("NAME", Long, StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = refuse(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.StartsWith(pointer, refused.Faults.Count > 0 ? refused.Faults[0].Pointer : refused.Message, StringComparison.Ordinal);
        var answer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(answer);
        ProblemDetails.Write(writer, refused, 400, null);
        Assert.InRange(answer.WrittenCount, 1, MaxAnswerBytes);
        Assert.InRange(allocated, 0, isText ? 3 * Length : Length);
    }
}
