using Microsoft.Extensions.Options;

namespace Scoring;

/// <summary>Holds the options to their ranges, by generated code.</summary>
[OptionsValidator]
internal sealed partial class ScoringOptionsRanges : IValidateOptions<ScoringOptions>;
