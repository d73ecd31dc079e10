using Microsoft.Extensions.Options;

namespace Scoring.Telemetry;

/// <summary>Holds the options to their ranges, by generated code.</summary>
[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
