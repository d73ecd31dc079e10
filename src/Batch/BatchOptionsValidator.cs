using Microsoft.Extensions.Options;

namespace Scoring.Batch;

/// <summary>Holds the options to their ranges, by generated code.</summary>
[OptionsValidator]
internal sealed partial class BatchOptionsValidator : IValidateOptions<BatchOptions>;
