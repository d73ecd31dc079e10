using System.Text.Json;
using Scoring.Features;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Writes values as JSON. NaN and infinities are the strings <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</summary>
internal static class TypedJson
{
    public static void Write(Utf8JsonWriter writer, TypedValue value)
    {
        switch (value.Kind)
        {
            case TypedKind.Null:
                writer.WriteNullValue();
                break;
            case TypedKind.False or TypedKind.True:
                writer.WriteBooleanValue(value.Kind == TypedKind.True);
                break;
            case TypedKind.Integer:
                writer.WriteNumberValue(value.Integer);
                break;
            case TypedKind.Single when float.IsFinite(value.Single):
                writer.WriteNumberValue(value.Single);
                break;
            case TypedKind.Double when double.IsFinite(value.Double):
                writer.WriteNumberValue(value.Double);
                break;
            case TypedKind.Single or TypedKind.Double:
                var number = value.Kind == TypedKind.Single ? value.Single : value.Double;
                writer.WriteStringValue(double.IsNaN(number) ? "NaN"u8 : number > 0 ? "Infinity"u8 : "-Infinity"u8);
                break;
            case TypedKind.Text:
                writer.WriteStringValue(value.Bytes);
                break;
            default:
                writer.WriteRawValue(value.Bytes, skipInputValidation: true);
                break;
        }
    }
}
