namespace Scoring.Tests.Telemetry.Insights;

/// <summary>Tests that listen to the process's one ActivitySource, one after another.</summary>
[CollectionDefinition(nameof(SerialInsights))]
public sealed class SerialInsights;
