using Google.Protobuf;
using Scoring.Inference;
using Scoring.Onnx;
using TestCommon;
using DataType = Scoring.Onnx.TensorProto.Types.DataType;

namespace Scoring.Tests.Inference;

public sealed class SparseOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_SparseInitializerAsOutput_IsRefusedByName(bool isSparse)
    {
        var graph = new GraphProto { Name = "test" };
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = GraphBuilder.Tensor(DataType.Float, 4) });
        var values = new TensorProto { Name = "y", DataType = (int)DataType.Float };
        if (isSparse)
        {
            values.Dims.Add(1);
            values.FloatData.Add(2);
            var indices = new TensorProto { Name = "i", DataType = (int)DataType.Int64 };
            indices.Dims.Add(1);
            indices.Int64Data.Add(3);
            graph.SparseInitializer.Add(new SparseTensorProto { Values = values, Indices = indices, Dims = { 4 } });
        }
        else
        {
            values.Dims.Add(4);
            values.FloatData.AddRange([0, 0, 0, 2]);
            graph.Initializer.Add(values);
        }

        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        var path = folder.PathTo("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        if (!isSparse)
        {
            ModelSession.Load(path, SessionSettings.Plain).Dispose();
            return;
        }

        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(path, SessionSettings.Plain));
        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("'y' is a sparse tensor", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_SparseConstantAsOutput_IsRefusedByName(bool isDeclared)
    {
        var values = new TensorProto { DataType = (int)DataType.Float, Dims = { 1 }, FloatData = { 2 } };
        var indices = new TensorProto { DataType = (int)DataType.Int64, Dims = { 1 }, Int64Data = { 3 } };
        var constant = new NodeProto { OpType = "Constant", Output = { "y" } };
        constant.Attribute.Add(new AttributeProto { Name = "sparse_value", Type = AttributeProto.Types.AttributeType.SparseTensor, SparseTensor = new SparseTensorProto { Values = values, Indices = indices, Dims = { 4 } } });
        var graph = new GraphProto { Name = "test", Node = { constant } };
        var type = GraphBuilder.Tensor(DataType.Float, 4);
        graph.Output.Add(new ValueInfoProto
        {
            Name = "y",
            Type = isDeclared ? new TypeProto { SparseTensorType = new TypeProto.Types.SparseTensor { ElemType = type.TensorType.ElemType, Shape = type.TensorType.Shape } } : type,
        });
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        var path = folder.PathTo("model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(path, SessionSettings.Plain));

        Assert.Equal(ErrorCode.ModelUnavailable, refused.Code);
        Assert.Contains("sparse", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [SharedDataFact("faults/serving/sparse_initializer_as_output.onnx")]
    public void Load_SparseOutputOfAnExporter_IsRefusedByName()
    {
        var refused = Assert.Throws<ScoringException>(() => ModelSession.Load(Checkout.SharedPathTo("faults/serving/sparse_initializer_as_output.onnx"), SessionSettings.Plain));

        Assert.Contains("'values' is a sparse tensor", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
