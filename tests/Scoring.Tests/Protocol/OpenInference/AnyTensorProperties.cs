using FsCheck;
using FsCheck.Fluent;
using TestCommon;
using TestCommon.OpenInference;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Protocol.OpenInference;

/// <summary>Random tensors of every type and shape through both forms, and random damage to good bodies.</summary>
public sealed class AnyTensorProperties : IDisposable
{
    private static readonly (string Datatype, DataType Type, int Bytes)[] Types =
    [
        ("BOOL", DataType.Bool, 1), ("INT8", DataType.Int8, 1), ("INT16", DataType.Int16, 2), ("INT32", DataType.Int32, 4), ("INT64", DataType.Int64, 8),
        ("UINT8", DataType.Uint8, 1), ("UINT16", DataType.Uint16, 2), ("UINT32", DataType.Uint32, 4), ("UINT64", DataType.Uint64, 8),
        ("FP16", DataType.Float16, 2), ("BF16", DataType.Bfloat16, 2), ("FP32", DataType.Float, 4), ("FP64", DataType.Double, 8), ("BYTES", DataType.String, 0),
    ];

    private static readonly Gen<TestTensor> Tensors =
        from type in Gen.Elements(Types)
        from rank in Gen.Choose(0, 5)
        from shape in Gen.ArrayOf(Gen.Choose(0, 4), rank)
        let count = shape.Aggregate(1, (product, size) => product * size)
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255), count * Math.Max(1, type.Bytes))
        from texts in Gen.ArrayOf(ArbMap.Default.GeneratorFor<string>(), count)
        select Make(type.Datatype, [.. shape.Select(size => (long)size)], bytes, texts);

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, Inferred> echoes = [];

    [Fact]
    public void Infer_AnyTensor_ComesBackTheSameInBothForms() => Prop.ForAll(Tensors.ToArbitrary(), tensor =>
    {
        var echo = Echo(tensor.Datatype);
        var binary = Assert.Single(echo.Infer(InferMessage.Binary([tensor])).Outputs());
        Assert.Equal(tensor.Data, binary.Data);
        Assert.Equal(tensor.Shape, binary.Shape);
        if (tensor.HasJsonForm)
        {
            // Every NaN is "NaN" in JSON; what comes back is one of them.
            var json = Assert.Single(echo.Infer(InferMessage.Json([tensor])).Outputs());
            Assert.Equal(tensor.Shape, json.Shape);
            Assert.Equal(tensor.Elements().Select(element => element!.ToJsonString()), json.Elements().Select(element => element!.ToJsonString()));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Infer_DamagedBody_IsAnsweredOrRefused()
    {
        var damaged =
            from tensor in Tensors
            from isBinary in Gen.Elements(true, false)
            from cuts in Gen.ListOf(from at in Gen.Choose(0, 10_000) from kind in Gen.Choose(0, 4) from value in Gen.Choose(0, 255) select (at, kind, value))
            select (Tensor: tensor, Message: Damage(isBinary || !tensor.HasJsonForm ? InferMessage.Binary([tensor]) : InferMessage.Json([tensor]), [.. cuts]));
        Prop.ForAll(damaged.ToArbitrary(), request =>
        {
            try
            {
                Echo(request.Tensor.Datatype).Infer(request.Message);
            }
            catch (ScoringException exception)
            {
                Assert.True(
                    exception.Code is ErrorCode.InvalidJson or ErrorCode.InvalidValue or ErrorCode.ShapeMismatch or ErrorCode.MissingFeature or ErrorCode.UnknownFeature,
                    $"{exception.Code}: {exception.Message}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    public void Dispose()
    {
        foreach (var echo in echoes.Values)
        {
            echo.Dispose();
        }

        folder.Dispose();
    }

    private static TestTensor Make(string datatype, long[] shape, int[] bytes, string[] texts) => datatype switch
    {
        "BYTES" => TestTensor.Texts("x", shape, [.. texts.Select(text => System.Text.Encoding.UTF8.GetBytes(text ?? ""))]),
        "BOOL" => new TestTensor("x", datatype, shape, [.. bytes.Select(value => (byte)(value & 1))]),
        _ => new TestTensor("x", datatype, shape, [.. bytes.Select(value => (byte)value)]),
    };

    private static InferMessage Damage(InferMessage message, (int At, int Kind, int Value)[] cuts)
    {
        var body = message.Body.ToList();
        var header = message.HeaderLength;
        foreach (var (at, kind, value) in cuts.Take(4))
        {
            var place = at % Math.Max(1, body.Count);
            switch (kind)
            {
                case 0 when body.Count > 0:
                    body[place] = (byte)value;
                    break;
                case 1 when body.Count > 0:
                    body.RemoveAt(place);
                    break;
                case 2:
                    body.Insert(place, "0123456789-.eE[]{},:\"ntf"u8[value % 24]);
                    break;
                case 3 when body.Count > 0:
                    body.RemoveRange(place, body.Count - place);
                    break;
                default:
                    header = header is null ? null : Math.Min(body.Count, value);
                    break;
            }
        }

        return new InferMessage([.. body], header is { } length ? Math.Min(length, body.Count) : null);
    }

    // One model a type, of any shape.
    private Inferred Echo(string datatype)
    {
        if (!echoes.TryGetValue(datatype, out var echo))
        {
            var type = Types.First(type => type.Datatype == datatype).Type;
            echoes[datatype] = echo = Inferred.Load(GraphBuilder.Echo(type, null).Save(folder.PathTo(datatype)));
        }

        return echo;
    }
}
