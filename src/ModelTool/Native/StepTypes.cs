using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelTool.Advising;
using ModelTool.Baselines;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Models;
using ModelTool.Optimizing;
using ModelTool.Pruning;
using ModelTool.Quantizing;
using ModelTool.Rollouts;
using ModelTool.Training;
using ModelTool.Training.Scoring;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;
using ModelTool.Tuning;
using Scoring.Repository;
using Scoring.Serving;
using Scoring.Serving.Probing;
using Scoring.Serving.Rollouts;

namespace ModelTool.Native;

/// <summary>Whatever is written or read as JSON through <see cref="StepJson"/>, with the code that does it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StepLine))]

// Steps.
[JsonSerializable(typeof(BaselineStep))]
[JsonSerializable(typeof(BenchStep))]
[JsonSerializable(typeof(CompareStep))]
[JsonSerializable(typeof(GoldenFromDataStep))]
[JsonSerializable(typeof(GoldenStep))]
[JsonSerializable(typeof(LoadStep))]
[JsonSerializable(typeof(LoadTimesStep))]
[JsonSerializable(typeof(OptimizeStep))]
[JsonSerializable(typeof(PredictStep))]
[JsonSerializable(typeof(RangesStep))]
[JsonSerializable(typeof(ScoreStep))]
[JsonSerializable(typeof(ScoreTextsStep))]
[JsonSerializable(typeof(SensitivityStep))]
[JsonSerializable(typeof(SpreadStep))]
[JsonSerializable(typeof(TermCountsStep))]
[JsonSerializable(typeof(TuneStep))]
[JsonSerializable(typeof(UnitStrengthsStep))]
[JsonSerializable(typeof(WorkStep))]

// What they found.
[JsonSerializable(typeof(BaselineFound))]
[JsonSerializable(typeof(BenchFound))]
[JsonSerializable(typeof(ColumnSpread))]
[JsonSerializable(typeof(CompareFound))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(Dictionary<string, InputRange>))]
[JsonSerializable(typeof(GoldenFound))]
[JsonSerializable(typeof(LoadFound))]
[JsonSerializable(typeof(LoadTimesFound))]
[JsonSerializable(typeof(OptimizeFound))]
[JsonSerializable(typeof(PredictFound))]
[JsonSerializable(typeof(ScoreFound))]
[JsonSerializable(typeof(ScoreTextsFound))]
[JsonSerializable(typeof(TermCounts))]
[JsonSerializable(typeof(TuneFound))]
[JsonSerializable(typeof(UnitStrengths))]
[JsonSerializable(typeof(WorkFound))]

// What long work keeps.
[JsonSerializable(typeof(FamilyMade))]
[JsonSerializable(typeof(TextColumns))]
[JsonSerializable(typeof(TrainState.Entry))]
[JsonSerializable(typeof(TrialFound))]
[JsonSerializable(typeof(TuneMeasurement))]

// Reports and their parts.
[JsonSerializable(typeof(CalibrationReport))]
[JsonSerializable(typeof(Economics))]
[JsonSerializable(typeof(IReadOnlyList<OutcomeMeasure>))]
[JsonSerializable(typeof(IReadOnlyList<RequestMeasure>))]
[JsonSerializable(typeof(IReadOnlyList<Rule>))]
[JsonSerializable(typeof(LiveChange))]
[JsonSerializable(typeof(List<HistoryEntry>))]
[JsonSerializable(typeof(ModelInspection))]
[JsonSerializable(typeof(OptimizeReport))]
[JsonSerializable(typeof(OutcomeCalibration))]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(PruneReport))]
[JsonSerializable(typeof(QuantizationReport))]
[JsonSerializable(typeof(RejectChoice))]
[JsonSerializable(typeof(RolloutBrake))]
[JsonSerializable(typeof(RolloutLimits))]
[JsonSerializable(typeof(TrainReport))]
[JsonSerializable(typeof(TuneReport))]

// Single parts.
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(DateTimeOffset?))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(JsonArray))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ulong))]
internal sealed partial class StepTypes : JsonSerializerContext;
