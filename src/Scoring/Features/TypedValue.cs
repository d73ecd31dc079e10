using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Features;

/// <summary>A value of a file whose columns have types, such as Parquet.</summary>
internal readonly ref struct TypedValue
{
    private readonly long bits;

    private TypedValue(TypedKind kind, long bits, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        this.bits = bits;
        Bytes = bytes;
    }

    public static TypedValue Null => default;

    public TypedKind Kind { get; }

    /// <summary>UTF-8 of <see cref="TypedKind.Number"/>, <see cref="TypedKind.Text"/> and <see cref="TypedKind.Json"/>; empty for the others.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Of <see cref="TypedKind.Integer"/>.</summary>
    public long Integer => bits;

    /// <summary>Of <see cref="TypedKind.Single"/>.</summary>
    public float Single => BitConverter.Int32BitsToSingle((int)bits);

    /// <summary>Of <see cref="TypedKind.Double"/>.</summary>
    public double Double => BitConverter.Int64BitsToDouble(bits);

    public static TypedValue From(bool value) => new(value ? TypedKind.True : TypedKind.False, 0, default);

    public static TypedValue From(long value) => new(TypedKind.Integer, value, default);

    public static TypedValue From(float value) => new(TypedKind.Single, BitConverter.SingleToInt32Bits(value), default);

    public static TypedValue From(double value) => new(TypedKind.Double, BitConverter.DoubleToInt64Bits(value), default);

    /// <param name="kind"><see cref="TypedKind.Number"/>, <see cref="TypedKind.Text"/> or <see cref="TypedKind.Json"/>.</param>
    /// <param name="utf8">Is not copied.</param>
    public static TypedValue From(TypedKind kind, ReadOnlySpan<byte> utf8) => new(kind, 0, utf8);

    /// <summary>The value as text, as a CSV cell would have it.</summary>
    /// <param name="room">Of at least 32 bytes, for what is no text yet.</param>
    public ReadOnlySpan<byte> ToText(Span<byte> room)
    {
        var length = 0;
        switch (Kind)
        {
            case TypedKind.False:
                return "false"u8;
            case TypedKind.True:
                return "true"u8;
            case TypedKind.Integer:
                Utf8Formatter.TryFormat(Integer, room, out length);
                break;
            case TypedKind.Single:
                Single.TryFormat(room, out length, default, CultureInfo.InvariantCulture);
                break;
            case TypedKind.Double:
                Double.TryFormat(room, out length, default, CultureInfo.InvariantCulture);
                break;
            default:
                return Bytes;
        }

        return room[..length];
    }

    /// <summary>For messages.</summary>
    public string Describe()
    {
        Span<byte> room = stackalloc byte[32];
        return Kind switch
        {
            TypedKind.Null => "NULL",
            TypedKind.Json when Bytes is [(byte)'[', ..] => "a list",
            TypedKind.Json => "a struct",
            TypedKind.Text => Bytes.IsEmpty ? "an empty text" : $"the text {Found.Describe(Bytes)}",
            TypedKind.False or TypedKind.True => Encoding.UTF8.GetString(ToText(room)),
            _ => $"the number {Encoding.UTF8.GetString(ToText(room))}",
        };
    }

    /// <summary>Appends the value to a row and gives the row's length behind it.</summary>
    /// <param name="row">Has <see cref="RoomFor"/> behind the length.</param>
    public int WriteTo(Span<byte> row)
    {
        row[0] = (byte)Kind;
        switch (Kind)
        {
            case TypedKind.Null or TypedKind.False or TypedKind.True:
                return 1;
            case TypedKind.Integer or TypedKind.Single or TypedKind.Double:
                MemoryMarshal.Write(row[1..], bits);
                return 1 + sizeof(long);
            default:
                MemoryMarshal.Write(row[1..], Bytes.Length);
                Bytes.CopyTo(row[(1 + sizeof(int))..]);
                return 1 + sizeof(int) + Bytes.Length;
        }
    }

    /// <summary>Most bytes that <see cref="WriteTo"/> takes.</summary>
    public int RoomFor => 1 + sizeof(long) + Bytes.Length;

    /// <summary>Reads the value that a row starts with.</summary>
    /// <param name="row">Made by <see cref="WriteTo"/>.</param>
    /// <param name="length">Of the value in the row.</param>
    public static TypedValue Read(ReadOnlySpan<byte> row, out int length)
    {
        var kind = (TypedKind)row[0];
        switch (kind)
        {
            case TypedKind.Null or TypedKind.False or TypedKind.True:
                length = 1;
                return new TypedValue(kind, 0, default);
            case TypedKind.Integer or TypedKind.Single or TypedKind.Double:
                length = 1 + sizeof(long);
                return new TypedValue(kind, MemoryMarshal.Read<long>(row[1..]), default);
            default:
                var bytes = row.Slice(1 + sizeof(int), MemoryMarshal.Read<int>(row[1..]));
                length = 1 + sizeof(int) + bytes.Length;
                return new TypedValue(kind, 0, bytes);
        }
    }
}
