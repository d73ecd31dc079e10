using System.Text.Json;
using System.Text.Json.Serialization;
using Scoring.Batch.Planning;
using Scoring.Batch.Storage;

namespace Scoring.Batch.Jobs;

/// <summary>How what jobs remember is spelled.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(JobRejection))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobPlan))]
[JsonSerializable(typeof(PlanSegment))]
[JsonSerializable(typeof(PlanEnd))]
[JsonSerializable(typeof(StepMessage))]
[JsonSerializable(typeof(StepFailure))]
internal sealed partial class JobsJson : JsonSerializerContext;
