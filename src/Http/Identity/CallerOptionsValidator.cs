using Microsoft.Extensions.Options;

namespace Scoring.Http.Identity;

/// <summary>Holds the options to their ranges, by generated code.</summary>
[OptionsValidator]
internal sealed partial class CallerOptionsValidator : IValidateOptions<CallerOptions>;
