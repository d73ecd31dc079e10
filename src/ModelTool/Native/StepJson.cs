using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ModelTool.Quantizing;
using ModelTool.Training.Searching;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Serving;
using Scoring.Serving.Rollouts;

namespace ModelTool.Native;

/// <summary>How steps, reports and <c>--json</c> are spelled: by generated code, since one native file has no reflection to do it by.</summary>
internal static class StepJson
{
    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false);

    /// <summary>For people and programs alike.</summary>
    public static JsonSerializerOptions Report { get; } = Create(indented: true);

    /// <summary>How a type is spelled in one line.</summary>
    /// <exception cref="NotSupportedException">It is none of <see cref="StepTypes"/>.</exception>
    public static JsonTypeInfo<T> Of<T>() => Of<T>(Line);

    /// <summary>How a type is spelled.</summary>
    /// <exception cref="NotSupportedException">It is none of <see cref="StepTypes"/>.</exception>
    public static JsonTypeInfo<T> Of<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Create(bool indented) => new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = StepTypes.Default,
        WriteIndented = indented,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            Words<BrakeReason>(), Words<CalibrationMethod>(), Words<CalibrationVerdict>(), Words<FitSolver>(), Words<GraphOptimization>(), Words<QuantizationMode>(), Words<RefusalKind>(),
        },
    };

    private static JsonStringEnumConverter<T> Words<T>()
        where T : struct, Enum => new(JsonNamingPolicy.CamelCase);
}
