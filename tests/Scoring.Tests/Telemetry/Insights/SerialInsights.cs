namespace Scoring.Tests.Telemetry.Insights;

/// <summary>Tests that listen to the process's one ActivitySource: alone, since other tests' jobs and requests would take part in what they sample.</summary>
[CollectionDefinition(nameof(SerialInsights), DisableParallelization = true)]
public sealed class SerialInsights;
