using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TestCommon.OpenInference;

/// <summary>A tensor as the binary form of the Open Inference Protocol writes it; JSON is made from it and read into it. Written apart from the service's own code.</summary>
internal sealed record TestTensor(string Name, string Datatype, long[] Shape, byte[] Data)
{
    public bool IsText => Datatype == "BYTES";

    public bool HasJsonForm => Datatype is not ("FP16" or "BF16");

    private static int SizeOf(string datatype) => datatype switch
    {
        "BOOL" or "INT8" or "UINT8" => 1,
        "INT16" or "UINT16" or "FP16" or "BF16" => 2,
        "INT32" or "UINT32" or "FP32" => 4,
        _ => 8,
    };

    public static TestTensor Of<T>(string name, string datatype, long[] shape, params T[] elements)
        where T : unmanaged => new(name, datatype, shape, MemoryMarshal.AsBytes<T>(elements).ToArray());

    public static TestTensor Texts(string name, long[] shape, params byte[][] texts) => new(name, "BYTES", shape, Join(texts));

    /// <summary>The elements of <c>BYTES</c>.</summary>
    public IReadOnlyList<byte[]> Items()
    {
        var items = new List<byte[]>();
        for (var at = 0; at < Data.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(Data.AsSpan(at));
            items.Add(Data.AsSpan(at + 4, length).ToArray());
            at += 4 + length;
        }

        return items;
    }

    /// <summary>An input with its elements in one array.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["shape"] = new JsonArray([.. Shape.Select(size => (JsonNode)size)]),
        ["datatype"] = Datatype,
        ["data"] = new JsonArray([.. Elements()]),
    };

    /// <summary>An input whose elements follow as bytes.</summary>
    public JsonObject ToBinaryJson() => new()
    {
        ["name"] = Name,
        ["shape"] = new JsonArray([.. Shape.Select(size => (JsonNode)size)]),
        ["datatype"] = Datatype,
        ["parameters"] = new JsonObject { ["binary_data_size"] = Data.Length },
    };

    /// <summary>Each element as JSON.</summary>
    public IEnumerable<JsonNode?> Elements() => IsText
        ? Items().Select(item => (JsonNode?)Encoding.UTF8.GetString(item))
        : Enumerable.Range(0, Data.Length / SizeOf(Datatype)).Select(index => Element(Data.AsSpan(index * SizeOf(Datatype))));

    /// <summary>Each number as float64, for comparison within a tolerance.</summary>
    public double[] Numbers() => [.. Enumerable.Range(0, Data.Length / SizeOf(Datatype)).Select(index => Number(Data.AsSpan(index * SizeOf(Datatype))))];

    /// <summary>A tensor from <c>data</c> of an answer.</summary>
    public static TestTensor FromJson(JsonNode output)
    {
        var datatype = output["datatype"]!.GetValue<string>();
        var shape = output["shape"]!.AsArray().Select(size => size!.GetValue<long>()).ToArray();
        var isBase64 = output["parameters"]?["content_type"]?.GetValue<string>() == "base64";
        var elements = output["data"]!.AsArray();
        var data = datatype == "BYTES"
            ? Join(elements.Select(item => isBase64 ? Convert.FromBase64String(item!.GetValue<string>()) : Encoding.UTF8.GetBytes(item!.GetValue<string>())))
            : [.. elements.SelectMany(element => Bytes(datatype, element!))];
        return new TestTensor(output["name"]!.GetValue<string>(), datatype, shape, data);
    }

    /// <summary>The bytes of one number or boolean.</summary>
    public static byte[] Bytes(string datatype, JsonNode element)
    {
        var text = element.GetValueKind() == JsonValueKind.String ? element.GetValue<string>() : element.ToJsonString();
        var culture = CultureInfo.InvariantCulture;
        return datatype switch
        {
            "BOOL" => [bool.Parse(text) ? (byte)1 : (byte)0],
            "INT8" => [(byte)sbyte.Parse(text, culture)],
            "UINT8" => [byte.Parse(text, culture)],
            "INT16" => BitConverter.GetBytes(short.Parse(text, culture)),
            "UINT16" => BitConverter.GetBytes(ushort.Parse(text, culture)),
            "INT32" => BitConverter.GetBytes(int.Parse(text, culture)),
            "UINT32" => BitConverter.GetBytes(uint.Parse(text, culture)),
            "INT64" => BitConverter.GetBytes(long.Parse(text, culture)),
            "UINT64" => BitConverter.GetBytes(ulong.Parse(text, culture)),
            "FP16" => BitConverter.GetBytes(Half.Parse(text, culture)),
            "FP32" => BitConverter.GetBytes(float.Parse(text, culture)),
            _ => BitConverter.GetBytes(double.Parse(text, culture)),
        };
    }

    private static byte[] Join(IEnumerable<byte[]> texts) => [.. texts.SelectMany(text => BitConverter.GetBytes(text.Length).Concat(text))];

    private JsonNode? Element(ReadOnlySpan<byte> bytes) => Datatype switch
    {
        "BOOL" => bytes[0] != 0,
        "INT8" => (sbyte)bytes[0],
        "UINT8" => bytes[0],
        "INT16" => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        "UINT16" => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        "INT32" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        "UINT32" => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        "INT64" => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        "UINT64" => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        "FP32" => BinaryPrimitives.ReadSingleLittleEndian(bytes) is var single && float.IsFinite(single) ? single : single.ToString(CultureInfo.InvariantCulture),
        "FP64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes) is var number && double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{Datatype} has no JSON form."),
    };

    private double Number(ReadOnlySpan<byte> bytes) => Datatype switch
    {
        "FP16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        "FP32" => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        "FP64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        "BOOL" => bytes[0],
        _ => double.Parse(Element(bytes)!.ToJsonString(), CultureInfo.InvariantCulture),
    };
}
