using System.Text.Json;
using DuckDB.NET.Native;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Reads values of one type from DuckDB's vectors. Not thread safe.</summary>
internal abstract unsafe class VectorReader
{
    private ulong* validity;

    /// <summary>The vector's elements.</summary>
    protected void* Data { get; private set; }

    /// <summary>A reader for a type; null where there is none and the values are to be read as text.</summary>
    /// <param name="type">Stays the caller's.</param>
    public static VectorReader? Create(DuckDBLogicalType type)
    {
        var id = NativeMethods.LogicalType.DuckDBGetTypeId(type);
        switch (id)
        {
            case >= DuckDBType.Boolean and <= DuckDBType.Double:
                return new NumberVector(id);
            case DuckDBType.HugeInt or DuckDBType.UnsignedHugeInt:
                return new DigitsVector(id, scale: 0);
            case DuckDBType.Decimal:
                return new DigitsVector(NativeMethods.LogicalType.DuckDBDecimalInternalType(type), NativeMethods.LogicalType.DuckDBDecimalScale(type));
            case DuckDBType.Varchar or DuckDBType.Blob:
                return new TextVector(isBase64: id == DuckDBType.Blob);
            case DuckDBType.Uuid:
                return new UuidVector();
            case DuckDBType.Date or DuckDBType.Time or DuckDBType.Timestamp or DuckDBType.TimestampS or DuckDBType.TimestampMs or DuckDBType.TimestampNs or DuckDBType.TimestampTz:
                return new TimeVector(id);
            case DuckDBType.List or DuckDBType.Array:
                return ListVector.CreateList(type, isArray: id == DuckDBType.Array);
            case DuckDBType.Struct:
                return StructVector.CreateStruct(type);
            case DuckDBType.Map:
                return MapVector.CreateMap(type);
            default:
                return null;
        }
    }

    /// <summary>Goes on to another vector of the same type.</summary>
    public virtual void Bind(nint vector)
    {
        Data = NativeMethods.Vectors.DuckDBVectorGetData(vector);
        validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
    }

    /// <summary>A value; valid until the next one is read.</summary>
    public TypedValue Read(long row) => IsNull(row) ? TypedValue.Null : ReadValue(row);

    /// <summary>Writes a value as JSON.</summary>
    public void WriteJson(Utf8JsonWriter writer, long row)
    {
        if (IsNull(row))
        {
            writer.WriteNullValue();
        }
        else
        {
            WriteValue(writer, row);
        }
    }

    /// <summary>A value that is not NULL.</summary>
    protected abstract TypedValue ReadValue(long row);

    /// <summary>Writes a value that is not NULL.</summary>
    protected virtual void WriteValue(Utf8JsonWriter writer, long row) => TypedJson.Write(writer, ReadValue(row));

    private bool IsNull(long row) => validity != null && (validity[row / 64] & (1ul << (int)(row % 64))) == 0;
}
